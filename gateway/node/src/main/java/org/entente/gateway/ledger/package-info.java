/**
 * The node's durable log. Everything else (queues, cursors, windows, evidence) is derived from it
 * or committed with it.
 *
 * <p>One writer thread applies {@link Mutation}s in the order of their lanes and commits whatever
 * waits with one fsync ({@link Ledger#write}). A book knows the keys and records of one table and
 * nothing of threads: it reads and writes through a {@link Transaction}.
 */
@NullMarked
package org.entente.gateway.ledger;

import org.jspecify.annotations.NullMarked;
