package org.entente.gateway.intake;

import java.util.List;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/** Evidence that a draft was refused: altogether, or for some of those that it was meant for. */
final class RejectionEvidence {
  private RejectionEvidence() {}

  /** One item for each refusal. */
  static void of(Transaction tx, IntakeParts parts, MessageId id, List<Refusal> refusals) {
    for (Refusal refusal : refusals) {
      of(tx, parts, id, refusal.recipient(), refusal.code(), refusal.reason());
    }
  }

  /**
   * One item.
   *
   * @param recipient whom it was refused for; empty for all
   */
  static void of(
      Transaction tx, IntakeParts parts, MessageId id, String recipient, Code code, String reason) {
    EvidenceItem item =
        parts
            .evidence()
            .item(
                EvidenceKind.EVIDENCE_KIND_SUBMISSION_REJECTION,
                id,
                recipient,
                new byte[0],
                tx.nowMillis());
    parts
        .evidence()
        .keep(tx, parts.ledger().evidence(), parts.evidence().failed(item, code, reason));
  }
}
