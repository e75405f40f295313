package org.entente.gateway.testkit;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.store.Batch;

/** The audit leaves that a ledger has committed, in their order. Safe for many threads. */
public final class RecordedLeaves implements Journal {
  private final List<AuditRecord> pending = new ArrayList<>();
  private final List<AuditRecord> committed = new ArrayList<>();

  @Override
  public synchronized void append(Batch batch, List<AuditRecord> leaves) {
    pending.addAll(leaves);
  }

  @Override
  public synchronized void committed() {
    committed.addAll(pending);
    pending.clear();
  }

  @Override
  public synchronized void rolledBack() {
    pending.clear();
  }

  /** What they speak of. */
  public synchronized List<AuditType> types() {
    return committed.stream().map(AuditRecord::type).toList();
  }

  /** All, in their order. */
  public synchronized List<AuditRecord> all() {
    return List.copyOf(committed);
  }

  /** How many. */
  public synchronized int count() {
    return committed.size();
  }

  /** The latest. */
  public synchronized AuditRecord last() {
    return committed.get(committed.size() - 1);
  }

  /** The only one of a type. */
  public synchronized AuditRecord only(AuditType type) {
    List<AuditRecord> found = committed.stream().filter(r -> r.type() == type).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " of type " + type + ": " + found);
    }
    return found.get(0);
  }
}
