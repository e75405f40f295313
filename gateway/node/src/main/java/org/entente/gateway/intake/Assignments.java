package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.AssignmentRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.BodyCheck;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.text.TextRule;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;

/**
 * Tells originators that what they sent was taken in charge here, or is given back: a message of
 * its own, to the originator alone, in the lane of what it speaks of. Other recipients of that
 * message hear nothing. It is kept here too, so that colleagues see who acts. Safe for many
 * threads.
 */
public final class Assignments {
  private final IntakeParts parts;
  private final GatewayMessageSender messages;
  private final AssignmentRecords records;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Charges of what this agency received. */
  public Assignments(
      IntakeParts parts, Intake intake, InstantSource clock, RandomGenerator random) {
    this.parts = parts;
    this.messages = new GatewayMessageSender(parts, intake, "charge/");
    this.records = new AssignmentRecords(parts.atRest());
    this.clock = clock;
    this.random = random;
  }

  /** What came of a call. */
  public sealed interface Answer {
    /** It is durable and on its way. */
    record Sent(MessageId charge, AgencyName originator) implements Answer {}

    /** Nothing was sent. */
    record Refused(Problem problem) implements Answer {}
  }

  /**
   * Takes a received message in charge or gives it back; the future fails only if the ledger does.
   */
  public CompletableFuture<Answer> charge(
      NodeName client, MessageId target, ChargeStep step, String note, OnBehalfOf person) {
    Problem problem = problem(step, note, person);
    if (problem != null) {
      return refused(problem);
    }
    Optional<Label> label =
        parts.received().by(client).label(target).filter(Assignments::hasContent);
    if (label.isEmpty()) {
      return refused(
          new Problem(
              Code.NOT_FOUND, "message_id", "no message " + target + " is here to act upon"));
    }
    Instant now = clock.instant();
    Charge charge =
        Charge.newBuilder()
            .setMessageId(ByteString.copyFrom(target.bytes()))
            .setStep(step)
            .setOfficer(person.getOfficer())
            .setUnit(person.getUnit())
            .setAt(Timestamps.fromMillis(after(target, now).toEpochMilli()))
            .setNote(note)
            .build();
    Optional<Permitted> message = message(charge, label.get(), now);
    return message.isEmpty()
        ? refused(
            new Problem(
                Code.NO_RECIPIENT, "message_id", "who sent it is no member any more, and not told"))
        : send(AuditActor.client(parts.self(), client, person), charge, message.get());
  }

  /**
   * Now, but later than what was said of the message before: on both sides the later word counts,
   * by this clock, which may have been set back since.
   */
  private Instant after(MessageId target, Instant now) {
    return records.lastOwn(parts.ledger().charges(), target).stream()
        .map(last -> last.plusMillis(1))
        .filter(now::isBefore)
        .findFirst()
        .orElse(now);
  }

  /** Evidence, recalls and charges are about other messages; nobody acts on them. */
  private static boolean hasContent(Label label) {
    return label.getCategory() != Category.CATEGORY_UNSPECIFIED;
  }

  private Optional<Permitted> message(Charge charge, Label about, Instant now) {
    return parts
        .policy()
        .get()
        .charges()
        .message(
            MessageId.fresh(parts.self(), now.toEpochMilli(), random),
            charge,
            parts.self(),
            new AgencyName(about.getOrigin()),
            Lane.of(about.getLaneValue()),
            Exercise.of(about),
            now);
  }

  private CompletableFuture<Answer> send(AuditActor actor, Charge charge, Permitted message) {
    AgencyName originator = message.permits().get(0).recipient();
    return messages
        .send(actor, message, tx -> recorded(tx, actor, charge, originator))
        .thenApply(
            outcome ->
                outcome.hasAccepted()
                    ? new Answer.Sent(message.messageId(), originator)
                    : new Answer.Refused(
                        new Problem(
                            Code.valueOf(outcome.getInvalid().getCode()),
                            outcome.getInvalid().getField(),
                            outcome.getInvalid().getMessage())));
  }

  private AuditRecord recorded(
      Transaction tx, AuditActor actor, Charge charge, AgencyName originator) {
    records.keepOwn(tx, parts.ledger().charges(), originator, charge);
    MessageId target = MessageId.of(charge.getMessageId().toByteArray());
    return AuditRecord.of(
            AuditType.CHARGED,
            LawCategory.NONE,
            Instant.ofEpochMilli(tx.nowMillis()),
            actor,
            new AuditSubject(null, List.of(target), List.of(originator), null))
        .saying(charge.getStep() == ChargeStep.CHARGE_STEP_TAKEN ? "taken" : "given back");
  }

  private @Nullable Problem problem(ChargeStep step, String note, OnBehalfOf person) {
    List<Problem> problems = parts.check().person(person);
    if (!problems.isEmpty()) {
      return problems.get(0);
    }
    if (person.getOfficer().isBlank()) {
      return new Problem(
          Code.INVALID_FIELD, "on_behalf_of.officer", "must name the officer who acts on it");
    }
    if (step != ChargeStep.CHARGE_STEP_TAKEN && step != ChargeStep.CHARGE_STEP_GIVEN_BACK) {
      return new Problem(Code.INVALID_FIELD, "step", "must be TAKEN or GIVEN_BACK");
    }
    if (note.codePointCount(0, note.length()) > BodyCheck.MAX_CHARGE_NOTE) {
      return new Problem(
          Code.INVALID_FIELD, "note", "has at most " + BodyCheck.MAX_CHARGE_NOTE + " characters");
    }
    return TextRule.LINE
        .fault(note)
        .map(fault -> new Problem(Code.INVALID_FIELD, "note", fault.toString()))
        .orElse(null);
  }

  private static CompletableFuture<Answer> refused(Problem problem) {
    return CompletableFuture.completedFuture(new Answer.Refused(problem));
  }
}
