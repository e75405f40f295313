package org.entente.gateway.feature.request;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Wanted;

/**
 * Reminds agencies that owe this one an answer: makes one draft for each agreement under which they
 * were asked and publishes it like a client's draft. Safe for use by several threads.
 */
public final class RequestReminders {
  private final IntakeParts parts;
  private final Intake intake;
  private final RequestTable book;
  private final ReminderDraftCheck reminders;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Reminders through an intake. */
  public RequestReminders(
      IntakeParts parts, Intake intake, InstantSource clock, RandomGenerator random) {
    this.parts = parts;
    this.intake = intake;
    this.clock = clock;
    this.random = random;
    this.book = RequestTable.of(parts.ledger());
    this.reminders = new ReminderDraftCheck(parts.ledger(), parts.records().evidence(), clock);
  }

  /** The agencies to remind under one agreement. */
  private record Group(SentPart part, RequestRecord record, List<String> agencies) {}

  /** What is due for a request. */
  private record Reminder(MessageId id, SentFacts facts, Collection<Group> groups) {}

  /**
   * Sends reminders. The future fails only if the ledger does.
   *
   * @return the outcome of each draft; durable
   */
  public CompletableFuture<Result<List<Outcome>>> remind(NodeName client, RemindRequest request) {
    return due(request).thenLater(reminder -> publish(client, request, reminder));
  }

  private Result<Reminder> due(RemindRequest request) {
    if (request.getRequestId().size() != MessageId.SIZE) {
      return Result.refused(Code.INVALID_FIELD, "request_id", "must have 16 bytes");
    }
    if (request.getAgenciesCount() > LabelCheck.MAX_AGENCIES) {
      return Result.refused(
          Code.INVALID_FIELD,
          "agencies",
          "must have at most " + LabelCheck.MAX_AGENCIES + " entries");
    }
    MessageId id = MessageId.of(request.getRequestId().toByteArray());
    Optional<SentFacts> facts = parts.records().evidence().sent(parts.ledger().evidence(), id);
    List<Name> asked = facts.isEmpty() ? List.of() : book.asked(id);
    if (facts.isEmpty() || asked.isEmpty()) {
      return Result.refused(
          Code.NOT_FOUND, "request_id", "this agency sent no request with this id");
    }
    List<String> strangers = new ArrayList<>(request.getAgenciesList());
    strangers.removeAll(asked.stream().map(Name::agency).toList());
    if (!strangers.isEmpty()) {
      return Result.refused(Code.NOT_FOUND, "agencies", "the request was not sent to " + strangers);
    }
    Collection<Group> groups = groups(id, asked, request.getAgenciesList()).values();
    return groups.isEmpty()
        ? Result.refused(Code.ALREADY_ANSWERED, "request_id", "no agency owes an answer to it")
        : Result.done(new Reminder(id, facts.get(), groups));
  }

  /** Groups agencies by agreement. Named agencies are not filtered, so that each is checked. */
  private Map<String, Group> groups(MessageId id, List<Name> asked, List<String> named) {
    Map<String, Group> groups = new TreeMap<>();
    for (Name name : asked) {
      RequestRecord record = book.read(name);
      Optional<SentPart> part = reminders.part(id, name.agency());
      if (record != null && part.isPresent() && isMeant(record, named)) {
        groups
            .computeIfAbsent(
                part.get().getAgreement(), any -> new Group(part.get(), record, new ArrayList<>()))
            .agencies()
            .add(name.agency());
      }
    }
    return groups;
  }

  private static boolean isMeant(RequestRecord record, List<String> named) {
    return named.isEmpty() ? RequestTable.isOpen(record) : named.contains(record.getAgency());
  }

  private CompletableFuture<Result<List<Outcome>>> publish(
      NodeName client, RemindRequest request, Reminder reminder) {
    List<CompletableFuture<Outcome>> sent = new ArrayList<>();
    CompletableFuture<Void> turn = CompletableFuture.completedFuture(null);
    for (Group group : reminder.groups()) {
      // One after the other, since only one reminder of a request may be in progress.
      CompletableFuture<Outcome> next =
          turn.thenCompose(
              before ->
                  intake.publish(client, draft(reminder.id(), reminder.facts(), request, group)));
      sent.add(next);
      turn = next.thenApply(outcome -> null);
    }
    return turn.thenApply(all -> answer(sent.stream().map(CompletableFuture::join).toList()));
  }

  /** If no draft got a decision, the call itself gives the reason. */
  private static Result<List<Outcome>> answer(List<Outcome> outcomes) {
    return outcomes.stream().allMatch(Outcome::hasInvalid)
        ? Result.refused(Problem.of(outcomes.get(0).getInvalid()))
        : Result.done(outcomes);
  }

  private Draft draft(MessageId id, SentFacts facts, RemindRequest request, Group group) {
    RequestRecord record = group.record();
    Label label =
        Label.newBuilder()
            .setKind(Kind.KIND_REQUEST)
            .setInReplyTo(ByteString.copyFrom(id.bytes()))
            .setCategoryValue(group.part().getCategory())
            .setPurposeValue(group.part().getPurpose())
            .setLegalBasis(group.part().getLegalBasis())
            .setCaseRef(group.part().getCaseRef())
            .setAgreement(group.part().getAgreement())
            .setClassificationValue(record.getClassification())
            .setStatus(facts.getExercise() ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL)
            .build();
    Request reminder =
        Request.newBuilder()
            .setReminder(true)
            .setQuestion(request.getText())
            .setLanguage(request.getLanguage())
            .setWanted(record.getDetails() ? Wanted.WANTED_DETAILS : Wanted.WANTED_HIT_NO_HIT)
            .build();
    return Draft.newBuilder()
        .setIdempotencyKey("remind:" + MessageId.fresh(clock.millis(), random))
        .setLabel(label)
        .setBody(Body.newBuilder().setRequest(reminder))
        .setTo(Addressing.newBuilder().addAllAgencies(group.agencies()))
        .setOnBehalfOf(request.getOnBehalfOf())
        .build();
  }
}
