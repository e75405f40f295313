/**
 * Sending from the ledger to the peers: the next hop to a recipient, and the content of a hop with
 * stanzas made at the moment of transmission. Applies receipts, watermarks, expiry and lost answers
 * to mail still owed to a recipient.
 */
@NullMarked
package org.entente.gateway.transmit;

import org.jspecify.annotations.NullMarked;
