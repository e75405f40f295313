/**
 * Decides who may receive a message, at the sender, at the recipient and at a transit. Pure: no
 * I/O.
 */
@NullMarked
package org.entente.gateway.policy.decide;

import org.jspecify.annotations.NullMarked;
