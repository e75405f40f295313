/**
 * From the ledger to the peers: which next hop leads to a recipient, what a hop carries, stanzas
 * made at the moment of transmission, and what receipts, watermarks, expiry and lost answers mean
 * for what is still owed to a recipient.
 */
@NullMarked
package org.entente.gateway.transmit;

import org.jspecify.annotations.NullMarked;
