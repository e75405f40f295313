package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.DeliveryStatus;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Recall;
import org.jspecify.annotations.Nullable;

/**
 * Recalls messages of this agency. A recall is a message to all recipients of its target, sealed,
 * durable and tracked like any other. Each recipient's answer is evidence about the target. A
 * recalled message that still waits for a recipient is not transmitted, unless it shares its
 * envelope with messages that are not recalled. Such an envelope is sent after the recall, and the
 * recipient refuses the recalled message. Safe for use by several threads.
 */
public final class MessageRecall {
  private final IntakeParts parts;
  private final GatewayMessageSender messages;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final SingleFlight<MessageId, Result<Sent>> recalls = new SingleFlight<>();

  /** Recalls for messages accepted by an intake. */
  public MessageRecall(
      IntakeParts parts, Intake intake, InstantSource clock, RandomGenerator random) {
    this.parts = parts;
    this.messages = new GatewayMessageSender(parts, intake, "recall/");
    this.clock = clock;
    this.random = random;
  }

  /** A recall that is durable and queued. */
  public record Sent(MessageId recall, List<String> recipients) {}

  private record RecallTarget(MessageId id, SentFacts sent) {}

  /**
   * Recalls a message from all recipients for whom no recall of it waits. If one waits for all of
   * them, the answer is that one, and nothing is sent or recorded: recalls have no share of what
   * waits for a recipient that is away. The future fails only if the ledger does.
   *
   * @param lookUps told for how many recipients an earlier recall was looked up
   */
  public CompletableFuture<Result<Sent>> recall(
      NodeName client, MessageId target, String reason, OnBehalfOf person, IntConsumer lookUps) {
    return target(target, reason, person)
        .thenLater(
            known ->
                recalls.run(
                    target,
                    // Read again: it may have been recalled since.
                    () ->
                        target(target, reason, person)
                            .thenLater(
                                recalled ->
                                    recall(
                                        AuditActor.client(parts.self(), client, person),
                                        recalled,
                                        reason,
                                        lookUps))));
  }

  private CompletableFuture<Result<Sent>> recall(
      AuditActor actor, RecallTarget target, String reason, IntConsumer lookUps) {
    lookUps.accept(target.sent().getRecallsCount());
    Map<String, MessageId> waiting = waiting(target.sent());
    List<AgencyName> others =
        target.sent().getRecipientsList().stream()
            .filter(name -> !waiting.containsKey(name))
            .map(AgencyName::new)
            .toList();
    Optional<Permitted> message = message(target, others, reason);
    if (message.isEmpty() && !waiting.isEmpty()) {
      MessageId latest = Collections.max(waiting.values());
      return CompletableFuture.completedFuture(
          Result.done(new Sent(latest, List.copyOf(waiting.keySet()))));
    }
    return Result.of(
            message,
            () ->
                new Problem(
                    Code.NO_RECIPIENT, "message_id", "none of its recipients is still a member"))
        .thenLater(it -> send(actor, target, reason, it));
  }

  /** The recalls of a message that recipients do not have yet. */
  private Map<String, MessageId> waiting(SentFacts sent) {
    Map<String, MessageId> waiting = new LinkedHashMap<>();
    for (int i = 0; i < sent.getRecallsCount(); i++) {
      String recipient = sent.getRecipients(i);
      if (!sent.getRecalls(i).isEmpty()) {
        MessageId recall = MessageId.of(sent.getRecalls(i).toByteArray());
        if (waits(recall, recipient)) {
          waiting.put(recipient, recall);
        }
      }
    }
    return waiting;
  }

  /** Without evidence it may have arrived; but not while something waits for the recipient. */
  private boolean waits(MessageId recall, String recipient) {
    Ledger ledger = parts.ledger();
    return !ledger.outbox().page(new AgencyName(recipient), Lane.FLASH, null, 1).isEmpty()
        && parts.records().evidence().sent(ledger.evidence(), recall).isPresent()
        && !DeliveryStatus.with(
                recipient,
                parts.self(),
                (by, kind, to) -> ledger.evidence().has(new EvidenceName(recall, kind, by, to)))
            .answered();
  }

  private Result<RecallTarget> target(MessageId target, String reason, OnBehalfOf person) {
    Problem problem = problem(reason, person);
    if (problem != null) {
      return Result.refused(problem);
    }
    Optional<SentFacts> sent = parts.records().evidence().sent(parts.ledger().evidence(), target);
    if (sent.filter(facts -> !facts.getRecall()).isEmpty()) {
      return Result.refused(Code.NOT_FOUND, "message_id", "this agency sent no message " + target);
    }
    Problem unsaid = unsaid(sent.get(), person);
    return unsaid == null
        ? Result.done(new RecallTarget(target, sent.get()))
        : Result.refused(unsaid);
  }

  private Optional<Permitted> message(
      RecallTarget target, List<AgencyName> recipients, String reason) {
    Instant now = clock.instant();
    SentFacts sent = target.sent();
    MessageId id = MessageId.fresh(parts.self(), now.toEpochMilli(), random);
    return parts
        .rules()
        .policy()
        .get()
        .messages()
        .recall(
            id,
            Recall.newBuilder()
                .setMessageId(ByteString.copyFrom(target.id().bytes()))
                .setReason(reason)
                .setAt(Timestamps.fromMillis(now.toEpochMilli()))
                .build(),
            parts.self(),
            recipients,
            sent.getExercise(),
            Instant.ofEpochMilli(sent.getExpiresAtMs()),
            now);
  }

  private CompletableFuture<Result<Sent>> send(
      AuditActor actor, RecallTarget target, String reason, Permitted message) {
    List<AgencyName> recipients =
        message.permits().stream().map(permit -> permit.recipient()).toList();
    return messages
        .send(
            actor,
            message,
            tx -> {
              takeBack(tx, target, message.messageId(), recipients);
              return AuditRecord.of(
                      AuditType.RECALLED,
                      LawCategory.ERASURE,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      actor,
                      new AuditSubject(null, List.of(target.id()), recipients, null))
                  .saying(reason);
            })
        .thenApply(
            sent ->
                sent.map(id -> new Sent(id, recipients.stream().map(AgencyName::value).toList())));
  }

  private void takeBack(
      Transaction tx, RecallTarget target, MessageId recall, List<AgencyName> recipients) {
    Ledger ledger = parts.ledger();
    parts.rules().hooks().recalled(tx, target.id());
    ledger.chains().recalled(tx, parts.self(), target.id(), target.sent().getExercise());
    parts.records().evidence().takenBack(tx, ledger.evidence(), target.id(), recall, recipients);
    ledger.retention().takeBack(tx, target.id(), target.sent().getExpiresAtMs());
    // It no longer needs to be opened.
    target
        .sent()
        .getRecipientsList()
        .forEach(recipient -> ledger.awaited().unlist(tx, target.id(), recipient));
  }

  /**
   * The justification that an agreement of the recalled message requires and the person did not
   * give.
   */
  private @Nullable Problem unsaid(SentFacts sent, OnBehalfOf person) {
    return person.getJustification().isBlank()
        ? JustificationRule.by(
            parts.rules().policy().get(), sent.getPartsList().stream().map(SentPart::getAgreement))
        : null;
  }

  private @Nullable Problem problem(String reason, OnBehalfOf person) {
    Optional<Problem> problem = parts.rules().check().person(person);
    if (problem.isPresent()) {
      return problem.get();
    }
    if (person.getOfficer().isBlank()) {
      return new Problem(
          Code.INVALID_FIELD, "on_behalf_of.officer", "must name the officer who decides");
    }
    return parts.rules().check().told("reason", reason).orElse(null);
  }
}
