/**
 * The ordered, durable key-value store below the ledger.
 *
 * <p>The only package that uses RocksDB, whose types never appear in a signature, so that the
 * replicated store of {@code cluster} can stand in its place. It is unaware of the content: keys
 * are ordered bytes, values are bytes.
 */
@NullMarked
package org.entente.gateway.store;

import org.jspecify.annotations.NullMarked;
