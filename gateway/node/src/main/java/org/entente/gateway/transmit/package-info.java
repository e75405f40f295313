/**
 * Sending from the ledger to the peers: the next hop to a recipient, the content of a hop, stanzas
 * made at the moment of transmission, and the effect of receipts, watermarks, expiry and lost
 * answers on mail still owed to a recipient.
 */
@NullMarked
package org.entente.gateway.transmit;

import org.jspecify.annotations.NullMarked;
