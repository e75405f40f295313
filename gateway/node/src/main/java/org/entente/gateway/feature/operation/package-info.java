/**
 * Joint operations: membership by rosters that the leads sign, the rules for rosters and messages
 * (pure decisions), and their storage.
 */
@NullMarked
package org.entente.gateway.feature.operation;

import org.jspecify.annotations.NullMarked;
