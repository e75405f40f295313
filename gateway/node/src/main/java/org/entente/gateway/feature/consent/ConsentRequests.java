package org.entente.gateway.feature.consent;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.ConsentTable;
import org.entente.gateway.ledger.table.ConsentTable.Side;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Requests originators' consent to passing on messages received from them. Safe for use by several
 * threads.
 */
public final class ConsentRequests {
  private final ConsentParts parts;
  private final ConsentNotices notices;

  /** Requests in a ledger. */
  public ConsentRequests(ConsentParts parts) {
    this.parts = parts;
    this.notices = new ConsentNotices(parts);
  }

  /** The result of a call. */
  public sealed interface Answer {
    /** The request is durable and queued. */
    record Sent(MessageId consent, AgencyName originator) implements Answer {}

    /** No request was sent. */
    record Refused(Problem problem) implements Answer {}
  }

  /** A request and its originator. */
  private record Question(AgencyName originator, boolean exercise, ConsentAsked asked) {}

  /**
   * Sends a request. Durable when the future completes, which fails only if the ledger does.
   *
   * @param wanted without purposes, those of the messages apply
   */
  public CompletableFuture<Answer> ask(NodeName client, ConsentAsked wanted, OnBehalfOf person) {
    List<Problem> problems = parts.check().decision(person);
    if (!problems.isEmpty()) {
      return refused(problems.get(0));
    }
    List<Label> labels = new ArrayList<>();
    Problem problem = find(wanted.getMessageIdsList(), labels);
    if (problem != null) {
      return refused(problem);
    }
    Instant now = parts.clock().instant();
    Question question = question(wanted, labels);
    problem = problem(question, labels, now);
    return problem == null
        ? send(AuditActor.client(parts.self(), client, person), question, now)
        : refused(problem);
  }

  private @Nullable Problem find(List<ByteString> ids, List<Label> labels) {
    if (ids.isEmpty() || ids.size() > ConsentStatement.MAX_MESSAGES) {
      return invalid(
          "message_ids", "must name 1 to " + ConsentStatement.MAX_MESSAGES + " received messages");
    }
    for (ByteString id : ids) {
      String field = "message_ids[" + labels.size() + "]";
      if (id.size() != MessageId.SIZE) {
        return invalid(field, "must have 16 bytes");
      }
      Optional<Label> label = parts.received().label(MessageId.of(id.toByteArray()));
      if (label.isEmpty()) {
        return new Problem(
            Code.NOT_FOUND,
            field,
            "there is no message with this id here; it was never received, or its retention has "
                + "ended");
      }
      labels.add(label.get());
    }
    return null;
  }

  private static Question question(ConsentAsked wanted, List<Label> labels) {
    ConsentAsked.Builder asked = wanted.toBuilder();
    if (asked.getPurposesCount() == 0) {
      Set<Purpose> purposes = new LinkedHashSet<>();
      labels.forEach(label -> purposes.add(label.getPurpose()));
      asked.addAllPurposes(purposes);
    }
    Label first = labels.get(0);
    return new Question(new AgencyName(first.getOrigin()), Exercise.of(first), asked.build());
  }

  private @Nullable Problem problem(Question question, List<Label> labels, Instant now) {
    List<Problem> problems = parts.check().asked(question.asked(), now);
    if (!problems.isEmpty()) {
      return problems.get(0);
    }
    String originator = question.originator().value();
    for (Label label : labels) {
      if (!label.getOrigin().equals(originator)) {
        return invalid(
            "message_ids",
            "must all have one originator; send each originator a request of its own");
      }
      if (Exercise.of(label) != question.exercise()) {
        return invalid("message_ids", "must be all training or all actual traffic");
      }
    }
    List<String> agencies = question.asked().getAgenciesList();
    if (agencies.contains(originator) || agencies.contains(parts.self().value())) {
      return invalid(
          "agencies", "must not include the originator or this agency, which need no consent");
    }
    return parts.ledger().room().refusal().orElse(null);
  }

  private CompletableFuture<Answer> send(AuditActor actor, Question question, Instant now) {
    MessageId id = MessageId.fresh(parts.self(), now.toEpochMilli(), parts.random());
    ConsentAsked asked = question.asked();
    AgencyName originator = question.originator();
    Optional<Permitted> notice =
        parts
            .policy()
            .get()
            .messages()
            .consent(
                id,
                ConsentNotice.newBuilder().setAsked(asked).build(),
                parts.self(),
                originator,
                question.exercise(),
                Instant.ofEpochMilli(Timestamps.toMillis(asked.getUntil())),
                now);
    if (notice.isEmpty()) {
      return refused(
          new Problem(Code.NO_RECIPIENT, "message_ids", originator + " is no longer a member"));
    }
    return notices
        .send(
            notice.get(),
            actor,
            tx -> {
              record(tx, id, actor, question);
              return Optional.empty();
            })
        .thenApply(none -> new Answer.Sent(id, originator));
  }

  private void record(Transaction tx, MessageId id, AuditActor actor, Question question) {
    ConsentAsked asked = question.asked();
    AgencyName originator = question.originator();
    parts
        .ledger()
        .consents()
        .put(
            tx,
            Side.ASKER,
            id,
            parts
                .records()
                .asked(
                    ConsentTable.place(Side.ASKER, id),
                    originator,
                    asked,
                    question.exercise(),
                    tx.nowMillis()));
    tx.audit(
        ConsentNotices.leaf(tx, AuditType.CONSENT_ASKED, actor, id, messages(asked), originator));
  }

  static List<MessageId> messages(ConsentAsked asked) {
    return asked.getMessageIdsList().stream().map(id -> MessageId.of(id.toByteArray())).toList();
  }

  private static Problem invalid(String field, String message) {
    return new Problem(Code.INVALID_FIELD, field, message);
  }

  private static CompletableFuture<Answer> refused(Problem problem) {
    return CompletableFuture.completedFuture(new Answer.Refused(problem));
  }
}
