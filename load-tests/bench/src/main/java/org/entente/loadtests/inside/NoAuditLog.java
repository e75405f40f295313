package org.entente.loadtests.inside;

import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.store.Batch;

/** Replaces the audit log by nothing, to measure a part without it. */
final class NoAuditLog implements Journal {
  @Override
  public void append(Batch batch, List<AuditRecord> leaves) {
    // Nothing is logged.
  }

  @Override
  public void committed() {
    // Nothing was logged.
  }

  @Override
  public void rolledBack() {
    // Nothing was logged.
  }
}
