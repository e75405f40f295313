package org.entente.gateway.feature.ipr;

import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationContent;
import org.entente.proto.v1.RecordationState;

/**
 * The lifecycle of an application for action: granted, prolonged, refused, revoked, ended. Its end
 * is not stored but derived from the time. Pure and immutable; safe for use by several threads.
 *
 * @param longest longest validity
 * @param holders whether a client of this name is a rights holder now
 */
record RecordationLifecycle(Duration longest, Predicate<String> holders) {
  /** How long before it begins a recordation may be granted: its record is kept until it ends. */
  static final Duration BEGINS_WITHIN = Duration.ofDays(1_827);

  private static final String STATE = "decision";

  /** The problem with an application; empty if there is none. */
  Optional<Problem> problem(RecordRightRequest request, long now) {
    IprFieldCheck fields = new IprFieldCheck();
    fields.known("record_right", request);
    RecordationContent content = request.getContent();
    fields.known("content", content);
    fields.choice("content.right", content.getRight());
    fields.line("content.right_number", content.getRightNumber(), 100);
    fields.line("content.holder_name", content.getHolderName(), 200);
    fields.lines("content.products", content.getProductsList(), 1, 50, 200);
    fields.text("content.genuine_features", content.getGenuineFeatures(), 8_000);
    fields.text("content.contact", content.getContact(), 1_000);
    fields.check(!content.getContact().isBlank(), "content.contact", "is required");
    String client = content.getHolderClient();
    fields.check(
        client.isEmpty() || holders.test(client),
        "content.holder_client",
        "must be a client of this agency with the scope rights_holder, or be empty");
    long unused = applied(fields, request, now);
    return Optional.ofNullable(fields.problem());
  }

  private static long applied(IprFieldCheck fields, RecordRightRequest request, long now) {
    return fields.past("applied_at", request.hasAppliedAt(), request.getAppliedAt(), now);
  }

  /** The recordation for a valid application. */
  Recordation applied(MessageId id, RecordRightRequest request, long now) {
    return Recordation.newBuilder()
        .setRecordationId(IprProtoMapper.bytes(id))
        .setState(RecordationState.RECORDATION_STATE_APPLICATION)
        .setContent(request.getContent())
        .setAppliedAt(Timestamps.fromMillis(applied(new IprFieldCheck(), request, now)))
        .build();
  }

  /** A recordation with its state at a time. */
  static Recordation at(Recordation kept, long now) {
    return kept.getState() == RecordationState.RECORDATION_STATE_GRANTED
            && now >= Timestamps.toMillis(kept.getValidTo())
        ? kept.toBuilder().setState(RecordationState.RECORDATION_STATE_EXPIRED).build()
        : kept;
  }

  /** Whether it was in force at a time, as far as known now. */
  static boolean inForce(Recordation kept, long at) {
    return kept.getState() == RecordationState.RECORDATION_STATE_GRANTED
        && at >= Timestamps.toMillis(kept.getValidFrom())
        && at < Timestamps.toMillis(kept.getValidTo());
  }

  /** The recordation after a decision. */
  Result<Transition<Recordation>> decide(
      Recordation kept, DecideRecordationRequest request, long now) {
    return switch (request.getDecision()) {
      case RECORDATION_DECISION_GRANT -> grant(kept, request, now);
      case RECORDATION_DECISION_REFUSE ->
          end(
              kept,
              RecordationState.RECORDATION_STATE_APPLICATION,
              RecordationState.RECORDATION_STATE_REFUSED,
              now);
      case RECORDATION_DECISION_REVOKE ->
          end(
              kept,
              RecordationState.RECORDATION_STATE_GRANTED,
              RecordationState.RECORDATION_STATE_REVOKED,
              now);
      case RECORDATION_DECISION_UNSPECIFIED, UNRECOGNIZED ->
          Result.refused(Code.INVALID_FIELD, STATE, "must be GRANT, REFUSE or REVOKE");
    };
  }

  private Result<Transition<Recordation>> grant(
      Recordation kept, DecideRecordationRequest request, long now) {
    Recordation stands = at(kept, now);
    boolean prolongs = stands.getState() == RecordationState.RECORDATION_STATE_GRANTED;
    if (!prolongs && stands.getState() != RecordationState.RECORDATION_STATE_APPLICATION) {
      return Transition.outOfOrder(STATE, words(stands) + " and cannot be granted");
    }
    IprFieldCheck fields = new IprFieldCheck();
    long before = prolongs ? Timestamps.toMillis(kept.getValidFrom()) : now;
    long from = request.hasValidFrom() ? fields.time("valid_from", request.getValidFrom()) : before;
    fields.check(request.hasValidTo(), "valid_to", "is required");
    long to = fields.time("valid_to", request.getValidTo());
    fields.check(to > from && to > now, "valid_to", "must be after valid_from and in the future");
    fields.check(
        to - (prolongs ? now : from) <= longest.toMillis(),
        "valid_to",
        "must be at most " + longest.toDays() + " days later");
    fields.check(
        prolongs || from - now <= BEGINS_WITHIN.toMillis(),
        "valid_from",
        "must be at most " + BEGINS_WITHIN.toDays() + " days from now");
    fields.check(!prolongs || from == before, "valid_from", "must not change in a prolongation");
    Problem problem = fields.problem();
    if (problem != null) {
      return Result.refused(problem);
    }
    Recordation after =
        kept.toBuilder()
            .setState(RecordationState.RECORDATION_STATE_GRANTED)
            .setValidFrom(Timestamps.fromMillis(from))
            .setValidTo(Timestamps.fromMillis(to))
            .build();
    return after.equals(kept)
        ? Transition.same(kept)
        : Transition.next(
            after, (prolongs ? "prolonged until " : "granted until ") + Instant.ofEpochMilli(to));
  }

  private static Result<Transition<Recordation>> end(
      Recordation kept, RecordationState from, RecordationState to, long now) {
    Recordation stands = at(kept, now);
    if (stands.getState() == to) {
      return Transition.same(kept);
    }
    if (stands.getState() != from) {
      return Transition.outOfOrder(STATE, words(stands) + "; this decision is not possible");
    }
    return Transition.next(kept.toBuilder().setState(to).build(), word(to));
  }

  private static String words(Recordation stands) {
    return "the recordation is " + word(stands.getState());
  }

  static String word(RecordationState state) {
    return IprProtoMapper.word(state, "RECORDATION_STATE_");
  }
}
