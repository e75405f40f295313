package org.entente.gateway.ledger.commit;

/** Told of every commit, for metrics and readiness; called on the writer thread. */
public interface CommitObserver {
  /** A batch is durable: how many changes, how many bytes, how many nanoseconds it took. */
  void committed(int changes, long bytes, long nanos);

  /** The ledger has stopped and takes no more. */
  void failed(LedgerFailure why);
}
