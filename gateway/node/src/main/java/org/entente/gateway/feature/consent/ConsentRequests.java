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
import java.util.function.Function;
import java.util.stream.IntStream;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;

/**
 * Requests originators' consent to passing on messages received from them. Safe for use by several
 * threads.
 */
public final class ConsentRequests {
  /** More could not count, and each draft that passes the message on would read them. */
  private static final SharedRoom ABOUT_A_MESSAGE = new SharedRoom(ConsentGrantLookup.LATEST);

  private final ConsentParts parts;
  private final SharedRoom undecided;
  private final Function<MessageId, Optional<Label>> received;
  private final ConsentNotices notices;

  /**
   * Requests in a ledger.
   *
   * @param mostUndecided undecided requests of this agency that each originator takes; each client
   *     may have as many as are free
   * @param received the label of a received message; empty if it is not stored or can no longer be
   *     opened
   */
  public ConsentRequests(
      ConsentParts parts, int mostUndecided, Function<MessageId, Optional<Label>> received) {
    this.parts = parts;
    this.undecided = new SharedRoom(mostUndecided);
    this.received = received;
    this.notices = new ConsentNotices(parts.sending());
  }

  /** A request that is durable and queued. */
  public record Sent(MessageId consent, AgencyName originator) {}

  /** A request and its originator. */
  private record Question(
      NodeName client, AgencyName originator, boolean exercise, ConsentAsked asked) {}

  /**
   * Sends a request. Durable when the future completes, which fails only if the ledger does.
   *
   * @param wanted without purposes, those of the messages apply
   */
  public CompletableFuture<Result<Sent>> ask(
      NodeName client, ConsentAsked wanted, OnBehalfOf person) {
    Instant now = parts.clock().instant();
    return Result.unless(
            parts.check().decision(person), () -> labels(client, wanted.getMessageIdsList()))
        .then(labels -> checked(question(client, wanted, labels), labels, now))
        .thenLater(
            question -> send(AuditActor.client(parts.self(), client, person), question, now));
  }

  private Result<List<Label>> labels(NodeName client, List<ByteString> ids) {
    if (ids.isEmpty() || ids.size() > ConsentStatement.MAX_MESSAGES) {
      return invalid(
          "message_ids", "must name 1 to " + ConsentStatement.MAX_MESSAGES + " received messages");
    }
    List<Label> labels = new ArrayList<>();
    for (ByteString id : ids) {
      String field = "message_ids[" + labels.size() + "]";
      if (id.size() != MessageId.SIZE) {
        return invalid(field, "must have 16 bytes");
      }
      MessageId message = MessageId.of(id.toByteArray());
      Optional<Label> label = received.apply(message);
      if (label.isEmpty()) {
        return Result.refused(
            Code.NOT_FOUND,
            field,
            "there is no message with this id here; it was never received, or its retention has "
                + "ended");
      }
      if (!fits(table().requests(message, token(client)))) {
        return Result.refused(tooMany(field));
      }
      labels.add(label.get());
    }
    return Result.done(labels);
  }

  private ConsentTable table() {
    return ConsentTable.of(parts.ledger());
  }

  private static boolean fits(ConsentTable.Requests requests) {
    return ABOUT_A_MESSAGE.fits(requests.own(), requests.all());
  }

  private static Problem tooMany(String field) {
    return new Problem(
        Code.LIMIT_REACHED,
        field,
        "a client may have as many requests about a message as are free of the "
            + ABOUT_A_MESSAGE.most()
            + " of all clients");
  }

  private Optional<Problem> tooManyUndecided(AgencyName originator, ConsentTable.Requests now) {
    return undecided.fits(now.own(), now.all())
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.LIMIT_REACHED,
                "message_ids",
                ("%s takes %d undecided requests of this agency, and this client has as many as"
                        + " are still free; one ends when %s decides on it or refuses it, or after"
                        + " %d days")
                    .formatted(
                        originator,
                        undecided.most(),
                        originator,
                        ConsentTable.DECIDED_WITHIN.toDays() + 1)));
  }

  private ByteString token(NodeName client) {
    return ByteString.copyFrom(parts.ledger().names().token(client.value()));
  }

  private static Question question(NodeName client, ConsentAsked wanted, List<Label> labels) {
    ConsentAsked.Builder asked = wanted.toBuilder();
    if (asked.getPurposesCount() == 0) {
      Set<Purpose> purposes = new LinkedHashSet<>();
      labels.forEach(label -> purposes.add(label.getPurpose()));
      asked.addAllPurposes(purposes);
    }
    Label first = labels.get(0);
    return new Question(
        client, new AgencyName(first.getOrigin()), Exercise.of(first), asked.build());
  }

  private Result<Question> checked(Question question, List<Label> labels, Instant at) {
    Optional<Problem> problem = parts.check().asked(question.asked(), at);
    if (problem.isPresent()) {
      return Result.refused(problem.get());
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
    ConsentTable.Requests now = table().undecided(question.originator(), token(question.client()));
    return Result.unless(tooManyUndecided(question.originator(), now), () -> Result.done(question));
  }

  private CompletableFuture<Result<Sent>> send(AuditActor actor, Question question, Instant now) {
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
    return Result.of(
            notice,
            () ->
                new Problem(
                    Code.NO_RECIPIENT, "message_ids", originator + " is no longer a member"))
        .then(
            message ->
                Result.unless(
                    notices.lacksRoom(question.client(), message), () -> Result.done(message)))
        .thenLater(
            message ->
                notices.send(
                    message,
                    actor,
                    tx -> {
                      Optional<Problem> problem = crowded(tx, question);
                      if (problem.isEmpty()) {
                        record(tx, id, actor, question);
                      }
                      return problem;
                    }))
        .thenApply(sent -> sent.map(consent -> new Sent(consent, originator)));
  }

  /** Calls at the same time found room for each of them, but not for all. */
  private Optional<Problem> crowded(Transaction tx, Question question) {
    List<MessageId> messages = messages(question.asked());
    ByteString token = token(question.client());
    return IntStream.range(0, messages.size())
        .filter(i -> !fits(table().requests(tx, messages.get(i), token)))
        .mapToObj(i -> tooMany("message_ids[" + i + "]"))
        .findFirst()
        .or(
            () ->
                tooManyUndecided(
                    question.originator(), table().undecided(tx, question.originator(), token)));
  }

  private void record(Transaction tx, MessageId id, AuditActor actor, Question question) {
    ConsentAsked asked = question.asked();
    AgencyName originator = question.originator();
    table()
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
                    tx.nowMillis())
                .toBuilder()
                .setClientToken(token(question.client()))
                .build());
    tx.audit(
        ConsentNotices.leaf(tx, AuditType.CONSENT_ASKED, actor, id, messages(asked), originator));
  }

  static List<MessageId> messages(ConsentAsked asked) {
    return asked.getMessageIdsList().stream().map(id -> MessageId.of(id.toByteArray())).toList();
  }

  private static <T> Result<T> invalid(String field, String message) {
    return Result.refused(Code.INVALID_FIELD, field, message);
  }
}
