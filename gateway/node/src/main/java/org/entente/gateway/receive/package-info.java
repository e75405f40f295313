/**
 * Receiving from a peer into the ledger: inspects deliveries, decides whether to keep or forward
 * them, and answers the peer and the origin.
 */
@NullMarked
package org.entente.gateway.receive;

import org.jspecify.annotations.NullMarked;
