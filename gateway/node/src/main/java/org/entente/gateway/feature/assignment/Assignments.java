package org.entente.gateway.feature.assignment;

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
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.BodyCheck;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.text.TextRule;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;

/**
 * Sends assignments: tells an originator that someone here has taken its message in charge, or has
 * given it back. An assignment is a message to the originator alone, in the lane of the assigned
 * message. Other recipients of that message are not told. The assignment is also stored here, so
 * that colleagues see who acts. Safe for use by several threads.
 */
public final class Assignments {
  private final IntakeParts parts;
  private final GatewayMessageSender messages;
  private final AssignmentRecords records;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Assignments for messages that this agency received. */
  public Assignments(
      IntakeParts parts, Intake intake, InstantSource clock, RandomGenerator random) {
    this.parts = parts;
    this.messages = new GatewayMessageSender(parts, intake, "charge/");
    this.records = new AssignmentRecords(parts.records().atRest());
    this.clock = clock;
    this.random = random;
  }

  /** An assignment that is durable and queued. */
  public record Sent(MessageId charge, AgencyName originator) {}

  /**
   * Takes a received message in charge or gives it back. The future fails only if the ledger does.
   */
  public CompletableFuture<Result<Sent>> charge(
      NodeName client, MessageId target, ChargeStep step, String note, OnBehalfOf person) {
    return Result.unless(problem(step, note, person), () -> label(client, target))
        .thenLater(
            label -> {
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
              return message(charge, label, now)
                  .thenLater(
                      message ->
                          send(AuditActor.client(parts.self(), client, person), charge, message));
            });
  }

  private Result<Label> label(NodeName client, MessageId target) {
    return Result.of(
        parts.sources().received().by(client).label(target).filter(Assignments::hasContent),
        () ->
            new Problem(
                Code.NOT_FOUND, "message_id", "there is no message " + target + " here to act on"));
  }

  /**
   * The current time, but later than the previous assignment of this message. Both sides take the
   * latest by this clock, which may have been set back since.
   */
  private Instant after(MessageId target, Instant now) {
    return records.lastOwn(AssignmentTable.of(parts.ledger()), target).stream()
        .map(last -> last.plusMillis(1))
        .filter(now::isBefore)
        .findFirst()
        .orElse(now);
  }

  /** Evidence, recalls and assignments concern other messages; they are not acted on themselves. */
  private static boolean hasContent(Label label) {
    return label.getCategory() != Category.CATEGORY_UNSPECIFIED;
  }

  private Result<Permitted> message(Charge charge, Label about, Instant now) {
    return Result.of(
        parts
            .rules()
            .policy()
            .get()
            .messages()
            .charge(
                MessageId.fresh(parts.self(), now.toEpochMilli(), random),
                charge,
                parts.self(),
                new AgencyName(about.getOrigin()),
                Lane.of(about.getLaneValue()),
                Exercise.of(about),
                now),
        () ->
            new Problem(
                Code.NO_RECIPIENT,
                "message_id",
                "the sender is no longer a member, so it cannot be told"));
  }

  private CompletableFuture<Result<Sent>> send(AuditActor actor, Charge charge, Permitted message) {
    AgencyName originator = message.permits().get(0).recipient();
    return messages
        .sendWithinShare(actor, message, tx -> recorded(tx, actor, charge, originator))
        .thenApply(sent -> sent.map(id -> new Sent(id, originator)));
  }

  private AuditRecord recorded(
      Transaction tx, AuditActor actor, Charge charge, AgencyName originator) {
    records.keepOwn(tx, AssignmentTable.of(parts.ledger()), originator, charge);
    MessageId target = MessageId.of(charge.getMessageId().toByteArray());
    return AuditRecord.of(
            AuditType.CHARGED,
            LawCategory.NONE,
            Instant.ofEpochMilli(tx.nowMillis()),
            actor,
            new AuditSubject(null, List.of(target), List.of(originator), null))
        .saying(charge.getStep() == ChargeStep.CHARGE_STEP_TAKEN ? "taken" : "given back");
  }

  private Optional<Problem> problem(ChargeStep step, String note, OnBehalfOf person) {
    Optional<Problem> problem = parts.rules().check().person(person);
    if (problem.isPresent()) {
      return problem;
    }
    if (person.getOfficer().isBlank()) {
      return invalid("on_behalf_of.officer", "must name the officer who acts on it");
    }
    if (step != ChargeStep.CHARGE_STEP_TAKEN && step != ChargeStep.CHARGE_STEP_GIVEN_BACK) {
      return invalid("step", "must be TAKEN or GIVEN_BACK");
    }
    return note.codePointCount(0, note.length()) > BodyCheck.MAX_CHARGE_NOTE
        ? invalid("note", "must have at most " + BodyCheck.MAX_CHARGE_NOTE + " characters")
        : TextRule.LINE.fault(note).flatMap(fault -> invalid("note", fault.toString()));
  }

  private static Optional<Problem> invalid(String field, String message) {
    return Optional.of(new Problem(Code.INVALID_FIELD, field, message));
  }
}
