package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.function.Predicate;
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

  /**
   * Why a message is not kept that refers to one which this agency sent; empty if it may be kept.
   * Asked beside the writer, since finding one takes a scan. What a member can answer was committed
   * before it was sent.
   */
  Optional<InspectionResult.Refused> ofSent(EnvelopeFacts facts, InspectionResult.Kept message) {
    return mixed(facts, message, id -> isSentAsOther(facts, id));
  }

  /**
   * Why a message is not kept because of those of its origin; empty if it may be kept. Reads a few
   * records.
   */
  Optional<InspectionResult.Refused> refusal(
      Transaction tx, EnvelopeFacts facts, InspectionResult.Kept message) {
    Optional<InspectionResult.Refused> mixed =
        mixed(facts, message, id -> isReceivedAsOther(tx, facts, id));
    ChainLink step = message.step();
    if (mixed.isPresent()
        || step == null
        || ledger.chains().takes(tx, facts.origin(), step.target())) {
      return mixed;
    }
    return Optional.of(
        new InspectionResult.Refused(
            message.id(),
            Code.LIMIT_REACHED,
            "label.references: its target was changed too often"));
  }

  /**
   * Why a message is not kept, by what it refers to.
   *
   * @param isOther whether exactly one of it and another message is training
   */
  private static Optional<InspectionResult.Refused> mixed(
      EnvelopeFacts facts, InspectionResult.Kept message, Predicate<MessageId> isOther) {
    ByteString answered = message.content().label().getInReplyTo();
    if (!answered.isEmpty() && isOther.test(MessageId.of(answered.toByteArray()))) {
      return Optional.of(mixed(message.id(), facts, "label.in_reply_to"));
    }
    MessageId recalled = message.recalled();
    if (recalled != null && isOther.test(recalled)) {
      return Optional.of(mixed(message.id(), facts, "body.recall.message_id"));
    }
    ChainLink step = message.step();
    return step != null && isOther.test(step.target())
        ? Optional.of(mixed(message.id(), facts, "label.references"))
        : Optional.empty();
  }

  private boolean isReceivedAsOther(Transaction tx, EnvelopeFacts facts, MessageId id) {
    InboxTable.PlacedRecord placed;
    try {
      placed = ledger.inbox().find(tx, id);
    } catch (CorruptRecord e) {
      // An unreadable record refuses no mail; delivery quarantines it.
      return false;
    }
    return placed == null
        ? ledger.chains().isOfTheOther(tx, facts.origin(), id, facts.exercise())
        : placed.record().getOrigin().equals(facts.origin().value())
            && placed.record().getExercise() != facts.exercise();
  }

  private boolean isSentAsOther(EnvelopeFacts facts, MessageId id) {
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
}
