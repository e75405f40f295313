/**
 * Decides who may receive what: agreements as written law, at the sender, at the recipient and,
 * from header facts only, at a transit.
 *
 * <p>Deny by default. Decisions do no I/O: they are functions of a rulebook, the membership of the
 * federation, a label and a time, and come out as values that say which rule decided and what would
 * be allowed.
 */
@NullMarked
package org.entente.gateway.policy;

import org.jspecify.annotations.NullMarked;
