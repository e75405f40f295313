package org.entente.gateway.intake;

import java.util.List;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/** Evidence that a draft was refused for all or some of its recipients. */
public final class RejectionEvidence {
  private RejectionEvidence() {}

  /** Writes one item for each refusal. */
  static void of(Transaction tx, IntakeParts parts, MessageId id, List<Refusal> refusals) {
    for (Refusal refusal : refusals) {
      of(tx, parts, id, refusal.recipient(), refusal.code(), refusal.reason());
    }
  }

  /**
   * Writes one item.
   *
   * @param recipient the refused recipient; empty for all
   */
  public static void of(
      Transaction tx, IntakeParts parts, MessageId id, String recipient, Code code, String reason) {
    EvidenceItem item =
        parts
            .records()
            .evidence()
            .item(
                EvidenceKind.EVIDENCE_KIND_SUBMISSION_REJECTION,
                id,
                recipient,
                new byte[0],
                tx.nowMillis());
    parts
        .records()
        .evidence()
        .keep(tx, parts.ledger().evidence(), parts.records().evidence().failed(item, code, reason));
  }
}
