/**
 * The ordered, durable key-value store below the ledger.
 *
 * <p>The only package that touches RocksDB, whose types never appear in a signature, so that a
 * clustered store can take its place. It knows nothing of what is stored: keys are bytes with an
 * order, values are bytes.
 */
@NullMarked
package org.entente.gateway.store;

import org.jspecify.annotations.NullMarked;
