package org.entente.gateway.ledger.commit;

import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.store.Batch;

/**
 * The audit log as the writer sees it. Called on the writer thread only, in the order {@link
 * #append}, then {@link #committed} or {@link #rolledBack}.
 */
public interface Journal {
  /** Adds leaves to the batch with the changes that they record. */
  void append(Batch batch, List<AuditRecord> leaves);

  /** The batch is durable. */
  void committed();

  /** The batch failed. */
  void rolledBack();
}
