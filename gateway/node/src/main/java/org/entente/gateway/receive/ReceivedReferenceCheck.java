package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.jspecify.annotations.Nullable;

/**
 * Checks the references of a received message: training neither answers, changes nor recalls actual
 * traffic, nor the reverse, and the changes of a message are bounded.
 *
 * <p>Considers only messages between its origin and this agency: a refusal that depended on others'
 * mail would reveal who else was sent what. A message that arrives before its target is kept, and
 * has no effect if the target proves to be of the other kind ({@link
 * org.entente.gateway.ledger.Chains}, {@link org.entente.gateway.retention.RecallReception}).
 */
final class ReceivedReferenceCheck {
  private final Ledger ledger;
  private final EvidenceRecords evidence;

  ReceivedReferenceCheck(Ledger ledger, EvidenceRecords evidence) {
    this.ledger = ledger;
    this.evidence = evidence;
  }

  /** Why a message is not kept; empty if it may be kept. */
  Optional<InspectionResult.Refused> refusal(
      Transaction tx, EnvelopeFacts facts, InspectionResult.Kept message) {
    ChainLink step = message.step();
    ByteString answered = message.content().label().getInReplyTo();
    if (isOfTheOther(tx, facts, answered.isEmpty() ? null : id(answered))) {
      return Optional.of(mixed(message.id(), facts, "label.in_reply_to"));
    }
    if (isOfTheOther(tx, facts, message.recalled())) {
      return Optional.of(mixed(message.id(), facts, "body.recall.message_id"));
    }
    if (step == null) {
      return Optional.empty();
    }
    if (isOfTheOther(tx, facts, step.target())) {
      return Optional.of(mixed(message.id(), facts, "label.references"));
    }
    return ledger.chains().takes(tx, facts.origin(), step.target())
        ? Optional.empty()
        : Optional.of(
            new InspectionResult.Refused(
                message.id(),
                Code.LIMIT_REACHED,
                "label.references: its target was changed too often"));
  }

  /**
   * Whether exactly one of this message and an earlier one between the two agencies is training.
   */
  private boolean isOfTheOther(Transaction tx, EnvelopeFacts facts, @Nullable MessageId id) {
    if (id == null) {
      return false;
    }
    InboxTable.PlacedRecord placed;
    try {
      placed = ledger.inbox().find(tx, id);
    } catch (CorruptRecord e) {
      // An unreadable record refuses no mail; delivery quarantines it.
      return false;
    }
    if (placed != null) {
      return placed.record().getOrigin().equals(facts.origin().value())
          && placed.record().getExercise() != facts.exercise();
    }
    if (ledger.chains().isOfTheOther(tx, facts.origin(), id, facts.exercise())) {
      return true;
    }
    AgencyName origin = facts.origin();
    return evidence
        .sent(ledger.evidence(), id)
        .filter(sent -> sent.getRecipientsList().contains(origin.value()))
        .filter(sent -> sent.getExercise() != facts.exercise())
        .isPresent();
  }

  private static InspectionResult.Refused mixed(MessageId id, EnvelopeFacts facts, String field) {
    String reason =
        facts.exercise()
            ? " names actual traffic; an exercise may refer only to exercises"
            : " names an exercise; actual traffic may refer only to actual traffic";
    return new InspectionResult.Refused(id, Code.HEADER_MISMATCH, field + reason);
  }

  private static MessageId id(ByteString bytes) {
    return MessageId.of(bytes.toByteArray());
  }
}
