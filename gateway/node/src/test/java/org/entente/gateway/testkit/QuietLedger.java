package org.entente.gateway.testkit;

import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Store;

/** A ledger for tests; nobody reads its audit leaves unless told otherwise. */
public final class QuietLedger {
  private QuietLedger() {}

  /** A ledger over a store, not started. */
  public static Ledger over(Store store, InstantSource clock) {
    return new Ledger(
        store, TestNames.names(), new NoJournal(), clock, LedgerLimits.DEFAULT, new Silent());
  }

  /** A ledger over a store, started. */
  public static Ledger started(Store store, InstantSource clock) {
    Ledger ledger = over(store, clock);
    ledger.start();
    return ledger;
  }

  /** The same with names under another key. */
  public static Ledger started(Store store, StoredNames names, InstantSource clock) {
    Ledger ledger =
        new Ledger(store, names, new NoJournal(), clock, LedgerLimits.DEFAULT, new Silent());
    ledger.start();
    return ledger;
  }

  /** The same with a journal that is read. */
  public static Ledger started(Store store, InstantSource clock, Journal journal) {
    Ledger ledger =
        new Ledger(store, TestNames.names(), journal, clock, LedgerLimits.DEFAULT, new Silent());
    ledger.start();
    return ledger;
  }

  /** The same with other limits. */
  public static Ledger started(
      Store store, InstantSource clock, Journal journal, LedgerLimits limits) {
    Ledger ledger = new Ledger(store, TestNames.names(), journal, clock, limits, new Silent());
    ledger.start();
    return ledger;
  }

  private static final class NoJournal implements Journal {
    @Override
    public void append(Batch batch, List<AuditRecord> leaves) {}

    @Override
    public void committed() {}

    @Override
    public void rolledBack() {}
  }

  private static final class Silent implements CommitObserver {
    @Override
    public void committed(int changes, long bytes, long nanos) {}

    @Override
    public void failed(LedgerFailure why) {}
  }
}
