package org.entente.gateway.testkit;

import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Store;

/** A ledger for tests; nobody reads its audit leaves unless told otherwise. */
public final class QuietLedger {
  private QuietLedger() {}

  /** A ledger over a store, not started. */
  public static Ledger over(Store store, InstantSource clock) {
    return new Ledger(
        store,
        TestNames.names(),
        new NoJournal(),
        clock,
        LedgerLimits.DEFAULT,
        new SilentObserver());
  }

  /** A ledger over a store, started. */
  public static Ledger started(Store store, InstantSource clock) {
    return started(over(store, clock));
  }

  /** The same with names under another key. */
  public static Ledger started(Store store, StoredNames names, InstantSource clock) {
    return started(
        new Ledger(
            store, names, new NoJournal(), clock, LedgerLimits.DEFAULT, new SilentObserver()));
  }

  /** The same with a journal that is read. */
  public static Ledger started(Store store, InstantSource clock, Journal journal) {
    return started(store, clock, journal, LedgerLimits.DEFAULT);
  }

  /** The same with other limits. */
  public static Ledger started(
      Store store, InstantSource clock, Journal journal, LedgerLimits limits) {
    return started(
        new Ledger(store, TestNames.names(), journal, clock, limits, new SilentObserver()));
  }

  /** The same with a given writer. */
  public static Ledger started(
      Store store,
      InstantSource clock,
      Journal journal,
      LedgerLimits limits,
      WriterExecutor writer) {
    return started(
        new Ledger(store, TestNames.names(), journal, clock, limits, new SilentObserver(), writer));
  }

  private static Ledger started(Ledger ledger) {
    ledger.start();
    return ledger;
  }

  /** A journal that nobody reads. */
  public static final class NoJournal implements Journal {
    @Override
    public void append(Batch batch, List<AuditRecord> leaves) {}

    @Override
    public void committed() {}

    @Override
    public void rolledBack() {}
  }

  /** An observer that ignores failures. */
  public static final class SilentObserver implements CommitObserver {
    @Override
    public void committed(int changes, long bytes, long nanos) {}

    @Override
    public void failed(LedgerFailure why) {}
  }

  /** An observer for tests in which the ledger does not fail. */
  public static final class FailingObserver implements CommitObserver {
    @Override
    public void committed(int changes, long bytes, long nanos) {}

    @Override
    public void failed(LedgerFailure why) {
      throw new AssertionError(why);
    }
  }
}
