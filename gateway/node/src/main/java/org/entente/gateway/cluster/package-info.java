/**
 * The replicated store: one ledger on several machines through Raft (decision 0066).
 *
 * <p>The only package that uses Apache Ratis, whose types never appear in a public signature. The
 * rest of the gateway sees {@link org.entente.gateway.store.Store} alone.
 */
@NullMarked
package org.entente.gateway.cluster;

import org.jspecify.annotations.NullMarked;
