/**
 * The streams between two gateways: strict hop sequences, resumed after any interruption.
 *
 * <p>{@link org.entente.gateway.link.HopSender} and {@link org.entente.gateway.link.HopReceiver}
 * decide and do no I/O. {@link org.entente.gateway.link.PeerLinks} feeds them real streams, and
 * what must be durable passes through {@link org.entente.gateway.link.LinkPorts}, which the ledger
 * implements.
 */
@NullMarked
package org.entente.gateway.link;

import org.jspecify.annotations.NullMarked;
