/**
 * The node's durable log. Everything else (queues, cursors, windows, evidence) is derived from it
 * or committed with it.
 *
 * <p>One writer thread applies {@link Mutation}s in the order of their lanes and commits all
 * waiting ones with one fsync ({@link Ledger#write}). A table class owns the keys and records of
 * one table and is unaware of threads: it reads and writes through a {@link Transaction}.
 */
@NullMarked
package org.entente.gateway.ledger;

import org.jspecify.annotations.NullMarked;
