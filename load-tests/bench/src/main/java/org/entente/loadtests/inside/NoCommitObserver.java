package org.entente.loadtests.inside;

import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.LedgerFailure;

/** Ignores commits; the caller learns of a failed one. */
final class NoCommitObserver implements CommitObserver {
  @Override
  public void committed(int changes, long bytes, long nanos) {
    // Not counted.
  }

  @Override
  public void failed(LedgerFailure why) {
    // Every later change fails with it.
  }
}
