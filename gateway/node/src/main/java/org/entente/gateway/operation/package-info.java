/**
 * Joint operations: who takes part by rosters that their leads sign, what a roster or a message may
 * do by them (pure decisions), and what is kept of both.
 */
@NullMarked
package org.entente.gateway.operation;

import org.jspecify.annotations.NullMarked;
