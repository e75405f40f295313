package org.entente.gateway.ledger.commit;

/** Observes every commit, for metrics and readiness; called on the writer thread. */
public interface CommitObserver {
  /** A batch is durable: its number of changes, bytes and nanoseconds. */
  void committed(int changes, long bytes, long nanos);

  /** The ledger has stopped. */
  void failed(LedgerFailure why);
}
