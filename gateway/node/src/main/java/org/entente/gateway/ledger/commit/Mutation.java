package org.entente.gateway.ledger.commit;

/**
 * A change of the ledger, as a function from its state to its next state.
 *
 * <p>Runs on the writer thread, so it reads what it decides on and nobody changes it in between. It
 * is quick, does no I/O but through the transaction, and has no effect outside it: what must happen
 * afterwards is registered with {@link Transaction#afterCommit}. If it throws, it alone is undone.
 *
 * @param <T> what the one who asked is told once the change is durable
 */
@FunctionalInterface
public interface Mutation<T> {
  /** Applies the change. */
  T apply(Transaction tx);
}
