package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.audit.AuditSubject;
import org.entente.gateway.audit.AuditType;
import org.entente.gateway.audit.LawCategory;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.CheckedDraft;
import org.entente.gateway.policy.Decision;
import org.entente.gateway.policy.DraftCheck;
import org.entente.gateway.policy.Permitted;
import org.entente.gateway.seal.SealingItem;
import org.entente.gateway.transmit.Outbound;
import org.entente.proto.store.v1.IdempotencyRecord;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Takes drafts of the agency's own clients.
 *
 * <p>When the future completes with an accepted or refused outcome, it is durable: the sealed
 * message with its numbers, the audit leaf and the outcome under its idempotency key are in one
 * synced commit. The same key with the same draft gives the first outcome, also while the first is
 * still on its way and after a restart; with another draft it is refused. An invalid outcome
 * changed nothing. Safe for many threads.
 */
public final class Intake implements AutoCloseable {
  /** How long an outcome is remembered. */
  public static final Duration REMEMBERED = Duration.ofHours(24);

  private static final String CONTEXT = "outcome";

  private record OnTheWay(OutcomeKey key, CompletableFuture<Outcome> done) {}

  private final IntakeParts parts;
  private final Outbound outbound;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Meters meters;
  private final SealingQueue queue;
  private final Map<String, OnTheWay> onTheWay = new ConcurrentHashMap<>();

  /**
   * An intake; {@link #start} begins to seal.
   *
   * @param waitingDrafts drafts that may wait or be on their way into the ledger
   */
  public Intake(
      IntakeParts parts,
      Outbound outbound,
      InstantSource clock,
      RandomGenerator random,
      Meters meters,
      int waitingDrafts) {
    this.parts = parts;
    this.outbound = outbound;
    this.clock = clock;
    this.random = random;
    this.meters = meters;
    this.queue = new SealingQueue(this::sealAndCommit, waitingDrafts);
  }

  /** Starts the sealing thread. */
  public void start() {
    queue.start();
  }

  /** Drafts that wait or are on their way into the ledger. */
  public int held() {
    return queue.held();
  }

  /** Publishes a draft. The future fails only if the ledger does. */
  public CompletableFuture<Outcome> publish(Identified caller, Draft draft) {
    DraftCheck check = parts.check().draft(draft, clock.instant());
    if (check instanceof DraftCheck.InvalidDraft invalid) {
      return invalid(draft, invalid.problems().get(0));
    }
    OutcomeKey key =
        OutcomeKey.of(
            caller.name().value(),
            draft.getIdempotencyKey(),
            parts.fingerprint().apply(draft.toByteArray()));
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    OnTheWay before = onTheWay.putIfAbsent(key.slot(), new OnTheWay(key, done));
    if (before != null) {
      return before.key().equals(key) ? before.done() : invalid(draft, reused());
    }
    try {
      decide(caller, key, (CheckedDraft) check, done);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
    return done.whenComplete((outcome, failure) -> finished(key, outcome));
  }

  private void finished(OutcomeKey key, @Nullable Outcome outcome) {
    onTheWay.remove(key.slot());
    if (outcome != null) {
      meters.published(
          switch (outcome.getResultCase()) {
            case ACCEPTED -> "accepted";
            case REFUSED -> "refused";
            case HELD -> "held";
            case INVALID, RESULT_NOT_SET -> "invalid";
          });
    }
  }

  private CompletableFuture<Outcome> invalid(Draft draft, Problem problem) {
    meters.refused(Meters.Side.CLIENT, problem.code());
    meters.published("invalid");
    return CompletableFuture.completedFuture(Outcomes.invalid(draft.getIdempotencyKey(), problem));
  }

  private static Problem reused() {
    return new Problem(
        Code.IDEMPOTENCY_KEY_REUSED,
        "idempotency_key",
        "this key was used for another draft in the last 24 hours; take a new one");
  }

  private void decide(
      Identified caller, OutcomeKey key, CheckedDraft draft, CompletableFuture<Outcome> done) {
    IdempotencyRecord known = parts.ledger().idempotency().read(key.client(), key.key());
    if (known != null && known.getAtMs() > clock.millis() - REMEMBERED.toMillis()) {
      done.complete(remembered(key, known));
      return;
    }
    Decision decision = parts.policy().get().egress().decide(draft, parts.self(), clock.instant());
    decision.refusals().forEach(r -> meters.refused(Meters.Side.EGRESS, r.code()));
    MessageId id = MessageId.fresh(clock.millis(), random);
    AuditActor actor = parts.actor(caller, draft.onBehalfOf());
    switch (decision.outcome()) {
      case REFUSED -> refuse(key, actor, decision, done);
      case HELD ->
          done.complete(
              Outcomes.invalid(
                  key.key(),
                  new Problem(
                      Code.NODE_RULE,
                      "",
                      "needs release by a second person, which this release cannot take: "
                          + decision.holdReason().orElse("four eyes"))));
      case ACCEPTED -> submit(key, actor, id, decision, done);
    }
  }

  private Outcome remembered(OutcomeKey key, IdempotencyRecord record) {
    if (!java.util.Arrays.equals(record.getDraftHash().toByteArray(), key.hash())) {
      return Outcomes.invalid(key.key(), reused());
    }
    return parts
        .atRest()
        .open(CONTEXT, record.getSealedOutcome().toByteArray())
        .map(Intake::parse)
        .orElseGet(() -> Outcomes.invalid(key.key(), reused()));
  }

  private static Outcome parse(byte[] bytes) {
    try {
      return Outcome.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an outcome at rest cannot be read", e);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the outcome reaches done
  private void refuse(
      OutcomeKey key, AuditActor actor, Decision decision, CompletableFuture<Outcome> done) {
    parts
        .ledger()
        .write(
            Lane.ROUTINE,
            tx -> {
              Outcome outcome = Outcomes.refused(key.key(), decision.refusals());
              auditRefusals(tx, actor, null, decision.refusals(), decision.policyVersion());
              remember(tx, key, outcome);
              return outcome;
            })
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                done.completeExceptionally(failure);
              } else {
                done.complete(outcome);
              }
            });
  }

  private void submit(
      OutcomeKey key,
      AuditActor actor,
      MessageId id,
      Decision decision,
      CompletableFuture<Outcome> done) {
    List<Permitted> permitted = decision.permitted(id);
    Outcome outcome = Outcomes.accepted(key.key(), id, permitted, decision.refusals());
    Problem problem =
        queue.offer(new Submission(key, actor, permitted, decision.refusals(), outcome, done));
    if (problem != null) {
      done.complete(Outcomes.invalid(key.key(), problem));
    }
  }

  private CompletableFuture<Void> sealAndCommit(List<Submission> round) {
    List<SealingItem> items = new ArrayList<>();
    for (Submission submission : round) {
      submission.parts().forEach(part -> items.add(SealingItem.of(part)));
    }
    List<Outbound.Ready> sealed = outbound.seal(items);
    return parts
        .ledger()
        .write(round.get(0).lane(), tx -> commit(tx, round, sealed))
        .thenAccept(
            outcomes -> {
              for (int i = 0; i < round.size(); i++) {
                round.get(i).done().complete(outcomes.get(i));
              }
            });
  }

  private List<Outcome> commit(
      Transaction tx, List<Submission> round, List<Outbound.Ready> sealed) {
    for (Outbound.Ready ready : sealed) {
      parts.dispatch().submit(tx, ready.outgoing());
    }
    auditAccepted(tx, round, sealed);
    List<Outcome> outcomes = new ArrayList<>();
    for (Submission submission : round) {
      Outcome outcome =
          submission.outcome().toBuilder()
              .setPosition(parts.ledger().inbox().nextPosition(tx))
              .build();
      MessageId id = submission.id();
      auditRefusals(tx, submission.actor(), id, submission.refusals(), submission.policyVersion());
      parts.ledger().evidence().add(tx, id, parts.evidence().seal(acceptance(tx, id)));
      remember(tx, submission.key(), outcome);
      outcomes.add(outcome);
    }
    return outcomes;
  }

  private org.entente.proto.v1.EvidenceItem acceptance(Transaction tx, MessageId id) {
    return parts
        .evidence()
        .item(
            EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE, id, "", new byte[0], tx.nowMillis());
  }

  /** One leaf for each envelope and whoever published in it. */
  private void auditAccepted(Transaction tx, List<Submission> round, List<Outbound.Ready> sealed) {
    Map<MessageId, Submission> byId = new java.util.HashMap<>();
    round.forEach(submission -> byId.put(submission.id(), submission));
    for (Outbound.Ready ready : sealed) {
      Map<AuditActor, List<MessageId>> byActor = new java.util.LinkedHashMap<>();
      String policyVersion = "";
      for (MessageId id : ready.messages()) {
        Submission submission = byId.get(id);
        if (submission != null) {
          byActor.computeIfAbsent(submission.actor(), a -> new ArrayList<>()).add(id);
          policyVersion = submission.policyVersion();
        }
      }
      String decided = policyVersion;
      byActor.forEach(
          (actor, ids) ->
              tx.audit(
                  AuditRecord.of(
                          AuditType.ACCEPTED,
                          LawCategory.DISCLOSURE,
                          Instant.ofEpochMilli(tx.nowMillis()),
                          actor,
                          AuditSubject.of(ready.envelope(), ids, ready.recipients()))
                      .under(ready.key().agreement(), decided)));
    }
  }

  private static void auditRefusals(
      Transaction tx,
      AuditActor actor,
      @Nullable MessageId id,
      List<Refusal> refusals,
      String policyVersion) {
    for (Refusal refusal : refusals) {
      AuditSubject subject =
          new AuditSubject(null, id == null ? List.of() : List.of(id), List.of(), null);
      tx.audit(
          AuditRecord.of(
                  AuditType.REFUSED,
                  LawCategory.NONE,
                  Instant.ofEpochMilli(tx.nowMillis()),
                  actor,
                  subject)
              .under("", policyVersion)
              .refused(refusal.code(), refusal.recipient() + " by rule " + refusal.rule()));
    }
  }

  private void remember(Transaction tx, OutcomeKey key, Outcome outcome) {
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(REMEMBERED);
    byte[] sealed = parts.atRest().seal(CONTEXT, outcome.toByteArray(), until);
    parts
        .ledger()
        .idempotency()
        .write(
            tx,
            key.client(),
            key.key(),
            IdempotencyRecord.newBuilder()
                .setDraftHash(ByteString.copyFrom(key.hash()))
                .setSealedOutcome(ByteString.copyFrom(sealed))
                .setAtMs(tx.nowMillis())
                .build());
  }

  /** Takes no more and commits what waits. */
  @Override
  public void close() {
    queue.close();
  }
}
