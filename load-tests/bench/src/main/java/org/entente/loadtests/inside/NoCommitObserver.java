package org.entente.loadtests.inside;

import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.LedgerFailure;

/** Counts no commits; one that fails is told to its caller. */
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
