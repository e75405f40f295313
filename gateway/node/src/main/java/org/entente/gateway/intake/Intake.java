package org.entente.gateway.intake;

import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.ledger.commit.Mutation;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.request.ResponseDeadlines;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Takes drafts of the agency's own clients.
 *
 * <p>When the future completes with an accepted, refused or held outcome, it is durable: the sealed
 * message with its numbers (or the draft that waits, sealed at rest), the audit leaf and the
 * outcome under its idempotency key are in one synced commit. The same key with the same draft
 * gives the first outcome, also while the first is still on its way and after a restart; once a
 * held draft is decided ({@link ReleaseDecisions}), it gives that outcome. With another draft the
 * key is refused. An invalid outcome changed nothing. While the disk is filling ({@link DiskSpace})
 * drafts are slowed, then refused; recalls are not. Safe for many threads.
 */
public final class Intake implements AutoCloseable {
  /** How long an outcome is remembered. */
  public static final Duration REMEMBERED = Duration.ofHours(24);

  private record InFlightDraft(OutcomeKey key, CompletableFuture<Outcome> done) {}

  /**
   * A round costs both gateways about as much processor time as this, whatever little is in it: two
   * commits, signatures, a stanza, a receipt, hand-overs between threads. Closer together, a
   * thousand messages a second would keep two cores busy, and wait for them.
   */
  static final Duration ROUNDS_APART = Duration.ofMillis(3);

  private final IntakeParts parts;
  private final OutboundSealer outbound;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Meters meters;
  private final SealingQueue queue;
  private final OutcomeMemory memory;
  private final HeldDrafts held;
  private final ClientShares shares;
  private final ResponseDeadlines clocks;
  private final ResponseCorrelation answering;
  private final Map<String, InFlightDraft> onTheWay = new ConcurrentHashMap<>();

  /**
   * An intake; {@link #start} begins to seal.
   *
   * @param limits how much may be on its way into the ledger
   * @param sealer where sealing runs, which is given one round at a time and may rest before it
   * @param timers by which rounds are kept apart
   */
  public Intake(
      IntakeParts parts,
      OutboundSealer outbound,
      InstantSource clock,
      RandomGenerator random,
      Meters meters,
      IntakeLimits limits,
      Executor sealer,
      Timers timers) {
    this.parts = parts;
    this.outbound = outbound;
    this.clock = clock;
    this.random = random;
    this.meters = meters;
    this.queue =
        new SealingQueue(
            this::sealAndCommit,
            limits.drafts(),
            sealer,
            () -> parts.ledger().room().level() != DiskSpace.Level.AMPLE,
            timers,
            ROUNDS_APART);
    this.memory = parts.memory();
    this.held = parts.heldDrafts();
    this.shares = new ClientShares(limits);
    this.clocks = new ResponseDeadlines(parts.ledger().requests(), meters);
    this.answering =
        new ResponseCorrelation(
            parts.ledger().requests(),
            parts.received(),
            new ReminderDraftCheck(parts, clock),
            new NamedResponderCheck(parts.responders()));
  }

  /** Begins to seal. */
  public void start() {
    queue.start();
  }

  /** Drafts that wait for sealing or are on their way into the ledger. */
  public int waiting() {
    return queue.waiting();
  }

  /** Publishes a draft of one of the agency's clients. The future fails only if the ledger does. */
  public CompletableFuture<Outcome> publish(NodeName client, Draft draft) {
    DraftCheck check = parts.check().draft(draft, clock.instant());
    if (check instanceof DraftCheck.InvalidDraft invalid) {
      return invalid(draft, invalid.problems().get(0));
    }
    OutcomeKey key = OutcomeKey.of(client, draft, parts.fingerprint());
    long bytes = draft.getSerializedSize();
    Optional<Problem> over = shares.take(client, bytes);
    if (over.isPresent()) {
      return invalid(draft, over.get());
    }
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    InFlightDraft before = onTheWay.putIfAbsent(key.slot(), new InFlightDraft(key, done));
    if (before != null) {
      shares.giveBack(client, bytes);
      return before.key().equals(key) ? before.done() : invalid(draft, OutcomeMemory.reused());
    }
    try {
      decide(client, key, draft, (CheckedDraft) check, done);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
    return done.whenComplete(
        (outcome, failure) -> {
          shares.giveBack(client, bytes);
          answering.end((CheckedDraft) check, done);
          finished(key, draft, outcome);
        });
  }

  private void finished(OutcomeKey key, Draft draft, @Nullable Outcome outcome) {
    onTheWay.remove(key.slot());
    if (outcome != null) {
      meters.published(
          switch (outcome.getResultCase()) {
            case ACCEPTED -> Meters.PublishResult.ACCEPTED;
            case REFUSED -> Meters.PublishResult.REFUSED;
            case HELD -> Meters.PublishResult.HELD;
            case INVALID, RESULT_NOT_SET -> Meters.PublishResult.INVALID;
          },
          Exercise.of(draft.getLabel()));
    }
  }

  private CompletableFuture<Outcome> invalid(Draft draft, Problem problem) {
    meters.refused(Meters.Side.CLIENT, problem.code());
    meters.published(Meters.PublishResult.INVALID, Exercise.of(draft.getLabel()));
    return CompletableFuture.completedFuture(
        OutcomeMapper.invalid(draft.getIdempotencyKey(), problem));
  }

  private void decide(
      NodeName client,
      OutcomeKey key,
      Draft draft,
      CheckedDraft checked,
      CompletableFuture<Outcome> done) {
    Optional<Outcome> known = memory.read(key, clock.millis());
    if (known.isPresent()) {
      done.complete(known.get());
      return;
    }
    Optional<Problem> full = parts.ledger().room().refusal();
    if (full.isPresent()) {
      meters.refused(Meters.Side.CLIENT, full.get().code());
      done.complete(OutcomeMapper.invalid(key.key(), full.get()));
      return;
    }
    OnwardSources passing = OnwardSources.of(client, checked, parts);
    ReferenceResolution referring = ReferenceResolution.of(client, checked, parts);
    Problem lacking = passing.lacking() == null ? referring.lacking() : passing.lacking();
    if (lacking != null) {
      meters.refused(Meters.Side.CLIENT, lacking.code());
      done.complete(OutcomeMapper.invalid(key.key(), lacking));
      return;
    }
    Problem unasked = answering.begin(client, checked, done);
    if (unasked != null) {
      meters.refused(Meters.Side.CLIENT, unasked.code());
      done.complete(OutcomeMapper.invalid(key.key(), unasked));
      return;
    }
    AddressedOperation within =
        AddressedOperation.of(checked, parts.rosters(), parts.self(), clock.instant());
    Problem outside = within.lacking();
    if (outside != null) {
      meters.refused(Meters.Side.CLIENT, outside.code());
      done.complete(OutcomeMapper.invalid(key.key(), outside));
      return;
    }
    PolicyDecision decision =
        parts
            .policy()
            .get()
            .egress()
            .decide(
                within.draft(),
                passing.sources(),
                referring.hadTarget(),
                parts.self(),
                clock.instant());
    decision.refusals().forEach(r -> meters.refused(Meters.Side.EGRESS, r.code()));
    MessageId id = MessageId.fresh(parts.self(), clock.millis(), random);
    AuditActor actor = parts.actor(client, checked.onBehalfOf());
    switch (decision.outcome()) {
      case REFUSED -> refuse(key, actor, id, decision, done);
      case HELD -> hold(key, actor, id, draft, decision, done);
      case ACCEPTED ->
          submit(
              Submission.of(
                  key,
                  actor,
                  decision.permitted(id, parts.granted()::carried),
                  decision.refusals(),
                  OnwardContent.of(passing.sources(), decision.consented()),
                  parts.openWithin().of(checked),
                  null,
                  done));
    }
  }

  private void refuse(
      OutcomeKey key,
      AuditActor actor,
      MessageId id,
      PolicyDecision decision,
      CompletableFuture<Outcome> done) {
    write(
        tx -> {
          Outcome outcome = OutcomeMapper.refused(key.key(), id, decision.refusals());
          DraftAuditLeaves.refused(tx, actor, id, decision.refusals(), decision.policyVersion());
          RejectionEvidence.of(tx, parts, id, decision.refusals());
          memory.write(tx, key, outcome);
          return outcome;
        },
        done);
  }

  private void hold(
      OutcomeKey key,
      AuditActor actor,
      MessageId id,
      Draft draft,
      PolicyDecision decision,
      CompletableFuture<Outcome> done) {
    String reason = decision.holdReason().orElse("");
    Problem refusal = held.refusal(draft, reason);
    if (refusal != null) {
      meters.refused(Meters.Side.CLIENT, refusal.code());
      done.complete(OutcomeMapper.invalid(key.key(), refusal));
      return;
    }
    write(
        tx -> {
          Instant now = Instant.ofEpochMilli(tx.nowMillis());
          Instant until = held.until(now, draft);
          Outcome outcome = OutcomeMapper.held(key.key(), id, reason, until);
          HeldDrafts.StoredFacts waits =
              new HeldDrafts.StoredFacts(
                  id, key, OutcomeMapper.heldMessage(outcome, now, key, draft, decision));
          held.put(tx, waits, draft, until);
          DraftAuditLeaves.held(
              tx,
              actor,
              id,
              decision.permits().stream().map(Permit::recipient).toList(),
              decision.policyVersion());
          DraftAuditLeaves.refused(tx, actor, id, decision.refusals(), decision.policyVersion());
          memory.write(tx, key, outcome);
          return outcome;
        },
        done);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the outcome reaches done
  private void write(Mutation<Outcome> mutation, CompletableFuture<Outcome> done) {
    parts
        .ledger()
        .write(Lane.ROUTINE, mutation)
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                done.completeExceptionally(failure);
              } else {
                done.complete(outcome);
              }
            });
  }

  /** Says what would become of drafts. */
  public PolicyExplainer explaining() {
    return new PolicyExplainer(parts, answering, clock);
  }

  /** Whether drafts answer what this agency owes an answer to. */
  ResponseCorrelation answering() {
    return answering;
  }

  /** Queues what is permitted; its future completes when it is durable, or it could not wait. */
  void submit(Submission submission) {
    Problem problem = queue.offer(submission);
    if (problem != null) {
      submission.done().complete(OutcomeMapper.invalid(submission.key().key(), problem));
    }
  }

  private CompletableFuture<Void> sealAndCommit(List<Submission> round) {
    List<SealingItem> items = new ArrayList<>();
    for (Submission submission : round) {
      for (Permitted part : submission.parts()) {
        items.add(SealingItem.of(part));
      }
    }
    List<OutboundSealer.ReadyEnvelope> sealed = outbound.seal(items);
    List<List<RecordSeal.Token>> subjects = round.stream().map(this::subjects).toList();
    return parts
        .ledger()
        .write(round.get(0).lane(), tx -> commit(tx, round, sealed, subjects))
        .thenAccept(
            outcomes -> {
              for (int i = 0; i < round.size(); i++) {
                round.get(i).done().complete(outcomes.get(i));
              }
            });
  }

  private List<Outcome> commit(
      Transaction tx,
      List<Submission> round,
      List<OutboundSealer.ReadyEnvelope> sealed,
      List<List<RecordSeal.Token>> subjects) {
    for (OutboundSealer.ReadyEnvelope ready : sealed) {
      parts.dispatch().submit(tx, ready.outgoing());
      keepHeader(tx, ready);
    }
    DraftAuditLeaves.accepted(tx, round, sealed);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < round.size(); i++) {
      Submission submission = round.get(i);
      parts.ledger().subjects().put(tx, subjects.get(i), submission.id());
      Outcome outcome =
          submission.outcome().toBuilder()
              .setPosition(parts.ledger().inbox().nextPosition(tx))
              .build();
      MessageId id = submission.id();
      AuditActor releasedBy = submission.releasedBy();
      if (releasedBy != null) {
        parts.ledger().held().remove(tx, id);
        DraftAuditLeaves.released(tx, releasedBy, id, submission.policyVersion());
      }
      DraftAuditLeaves.refused(
          tx, submission.actor(), id, submission.refusals(), submission.policyVersion());
      RejectionEvidence.of(tx, parts, id, submission.refusals());
      DraftAuditLeaves.passedOn(tx, submission);
      submission.parts().forEach(part -> clocks.sent(tx, part));
      SentOperationUpdates.keep(tx, parts, submission);
      submission.besides().accept(tx);
      OnwardUseEvidence.tell(tx, parts, submission);
      ChainLink.of(submission.parts().get(0).label())
          .ifPresent(step -> changed(tx, submission.actor(), step));
      remember(tx, submission);
      memory.write(tx, submission.key(), outcome);
      outcomes.add(outcome);
    }
    return outcomes;
  }

  private void changed(Transaction tx, AuditActor actor, ChainLink step) {
    parts.ledger().chains().changed(tx, parts.self(), step);
    DraftAuditLeaves.changed(tx, actor, step);
  }

  /** Whom a draft names, as keyed terms. */
  private List<RecordSeal.Token> subjects(Submission submission) {
    Permitted any = submission.parts().get(0);
    return parts
        .evidence()
        .tokens(SubjectTerms.of(any.writtenLabel(), any.writtenBody()), clock.instant());
  }

  private void keepHeader(Transaction tx, OutboundSealer.ReadyEnvelope ready) {
    parts
        .evidence()
        .keepHeader(
            tx,
            parts.ledger().evidence(),
            ready.outgoing().envelope().getHeader().toByteArray(),
            ready.outgoing().envelope().getSignature().toByteArray());
  }

  /** Whom it went to and by when what is expected of them. */
  private void remember(Transaction tx, Submission submission) {
    Permitted first = submission.parts().get(0);
    SentFacts.Builder facts =
        SentFacts.newBuilder()
            .setExercise(first.exercise())
            .setLane(submission.lane().number())
            .setPrecedence(first.label().getPrecedenceValue())
            .setRecall(isFinal(first.label().getKind()));
    for (Permitted part : submission.parts()) {
      part.permits().forEach(permit -> facts.addRecipients(permit.recipient().value()));
      facts.setExpiresAtMs(Math.max(facts.getExpiresAtMs(), part.expires().toEpochMilli()));
      facts.addParts(terms(part));
    }
    if (!submission.openWithin().isZero()) {
      long accepted = Timestamps.toMillis(first.label().getCreatedAt());
      // After its expiry it is given to nobody any more.
      facts.setOpenByMs(
          Math.min(accepted + submission.openWithin().toMillis(), facts.getExpiresAtMs()));
    }
    EvidenceTimeouts.begin(tx, parts.ledger(), parts.evidence(), submission.id(), facts.build());
  }

  /** What nobody takes back: a recall, a roster, which the next replaces, and a charge. */
  private static boolean isFinal(Kind kind) {
    return kind == Kind.KIND_RECALL || kind == Kind.KIND_ROSTER || kind == Kind.KIND_CHARGE;
  }

  private static SentPart terms(Permitted part) {
    Label label = part.label();
    SentPart.Builder out =
        SentPart.newBuilder()
            .setAgreement(part.agreement())
            .setLegalBasis(part.writtenLabel().getLegalBasis())
            .setCategory(label.getCategoryValue())
            .setPurpose(label.getPurposeValue())
            .setPersonalData(label.getPersonalData())
            .setKind(label.getKindValue())
            .setClassification(label.getClassificationValue())
            .addAllHandling(label.getHandlingValueList())
            .setRetentionDays(part.retentionDays())
            .setCaseRef(part.writtenLabel().getCaseRef())
            .setInformation(label.getAddressed() == Addressed.ADDRESSED_INFORMATION);
    part.permits().forEach(permit -> out.addRecipients(permit.recipient().value()));
    return out.build();
  }

  /** Takes no more and commits what waits. */
  @Override
  public void close() {
    queue.close();
  }
}
