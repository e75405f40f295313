package org.entente.gateway.intake;

import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.gateway.policy.decide.RecipientSet;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Held;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts drafts from the agency's own clients.
 *
 * <p>When the future completes with an accepted, refused or held outcome, the outcome is durable:
 * one synced commit contains the sealed message with its numbers (or the waiting draft, sealed at
 * rest), the audit leaf, and the outcome under its idempotency key. The same key with the same
 * draft gives the first outcome, also while the first draft is still in progress and after a
 * restart. Once a held draft is decided ({@link DraftHolder}), the key gives that outcome. With
 * another draft the key is refused. An invalid outcome has changed nothing. While the disk is
 * filling ({@link DiskSpace}) drafts are slowed, then refused; recalls are not. Safe for use by
 * several threads.
 */
public final class Intake implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private record InFlightDraft(OutcomeKey key, CompletableFuture<Outcome> done) {}

  /**
   * Least time between rounds that take long. A round costs both gateways about the same processor
   * time however few messages it contains: two commits, signatures, a stanza, a receipt, hand-overs
   * between threads. With less time between such rounds, a thousand messages a second would keep
   * two cores busy and then wait for them.
   */
  static final Duration ROUNDS_APART = Duration.ofMillis(3);

  private final IntakeParts parts;
  private final OutboundSealer outbound;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Meters meters;
  private final SealingQueue queue;
  private final OutcomeMemory memory;
  private final ClientShares shares;
  private final WaitingShare waitingShare;
  private final DraftHooks hooks;
  private final Map<String, InFlightDraft> onTheWay = new ConcurrentHashMap<>();

  /**
   * An intake; {@link #start} begins sealing.
   *
   * @param limits limits on drafts on their way into the ledger
   * @param sealer runs sealing, one round at a time, and may block before a round
   * @param timers times the interval between rounds
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
            parts.ledger().mostBytesOfAChange(),
            sealer,
            () -> parts.ledger().room().level() != DiskSpace.Level.AMPLE,
            timers,
            ROUNDS_APART);
    this.memory = parts.memory();
    this.shares = new ClientShares(limits.clients());
    this.waitingShare = new WaitingShare(parts.ledger());
    this.hooks = parts.rules().hooks();
  }

  /** Begins sealing. */
  public void start() {
    queue.start();
  }

  /** Drafts that wait for sealing or are on their way into the ledger. */
  public int waiting() {
    return queue.waiting();
  }

  /** Publishes a draft of one of the agency's clients. The future fails only if the ledger does. */
  public CompletableFuture<Outcome> publish(NodeName client, Draft draft) {
    return publish(client, draft, this::submit);
  }

  /**
   * Publishes drafts that came together, each as {@link #publish(NodeName, Draft)} does. They are
   * sealed together, except that a FLASH does not wait for those after it. A lone draft is sealed
   * on this thread. A failure over one draft is its outcome alone.
   */
  public List<CompletableFuture<Outcome>> publish(NodeName client, List<Draft> drafts) {
    List<Submission> together = new ArrayList<>(drafts.size());
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      outcomes.add(
          publishAlone(
              client,
              draft,
              submission -> {
                together.add(submission);
                if (submission.lane() == Lane.FLASH) {
                  submit(together);
                }
              }));
    }
    submit(together);
    return outcomes;
  }

  private CompletableFuture<Outcome> publishAlone(
      NodeName client, Draft draft, Consumer<Submission> submitting) {
    try {
      return publish(client, draft, submitting);
    } catch (RuntimeException | StackOverflowError e) {
      // The edge of one draft: what became of those before it must reach the client.
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Outcome> publish(
      NodeName client, Draft draft, Consumer<Submission> submitting) {
    DraftCheck check = parts.rules().check().draft(draft, clock.instant());
    if (check instanceof DraftCheck.InvalidDraft invalid) {
      return invalid(draft, invalid.problems());
    }
    byte[] body = ProtoBytes.array(((CheckedDraft) check).body());
    OutcomeKey key = OutcomeKey.of(client, draft, body, parts.records().fingerprint());
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
      decide(client, new Attempt(key, draft, (CheckedDraft) check, done), submitting);
    } catch (RuntimeException | StackOverflowError e) {
      done.completeExceptionally(e);
    }
    return done.whenComplete(
        (outcome, failure) -> {
          shares.giveBack(client, bytes);
          ended((CheckedDraft) check, done, outcome);
          finished(key, draft, outcome);
        });
  }

  private void ended(CheckedDraft draft, Object attempt, @Nullable Outcome outcome) {
    hooks.end(draft, attempt);
    hooks.tracer().ended(attempt, outcome);
  }

  private void finished(OutcomeKey key, Draft draft, @Nullable Outcome outcome) {
    onTheWay.remove(key.slot());
    meters.published(result(outcome), Exercise.of(draft.getLabel()));
  }

  private static Meters.PublishResult result(@Nullable Outcome outcome) {
    if (outcome == null) {
      return Meters.PublishResult.FAILED;
    }
    return switch (outcome.getResultCase()) {
      case ACCEPTED -> Meters.PublishResult.ACCEPTED;
      case REFUSED -> Meters.PublishResult.REFUSED;
      case HELD -> Meters.PublishResult.HELD;
      case INVALID, RESULT_NOT_SET -> Meters.PublishResult.INVALID;
    };
  }

  private CompletableFuture<Outcome> invalid(Draft draft, Problem problem) {
    return invalid(draft, List.of(problem));
  }

  private CompletableFuture<Outcome> invalid(Draft draft, List<Problem> problems) {
    meters.refused(Meters.Side.CLIENT, problems.get(0).code());
    meters.published(Meters.PublishResult.INVALID, Exercise.of(draft.getLabel()));
    return CompletableFuture.completedFuture(
        OutcomeMapper.invalid(draft.getIdempotencyKey(), problems));
  }

  /** A draft that is being published. */
  private record Attempt(
      OutcomeKey key, Draft draft, CheckedDraft checked, CompletableFuture<Outcome> done) {}

  private void decide(NodeName client, Attempt attempt, Consumer<Submission> submitting) {
    OutcomeKey key = attempt.key();
    CheckedDraft checked = attempt.checked();
    CompletableFuture<Outcome> done = attempt.done();
    if (isSettled(key, done)) {
      return;
    }
    CheckedDraft traced = traced(client, checked, attempt.draft().getTraceparent(), done);
    Result<DecidedDraft> result = decided(client, traced, done);
    if (result instanceof Result.Refused<DecidedDraft> lacking) {
      reject(key, lacking.problem(), done);
      return;
    }
    DecidedDraft decided = ((Result.Done<DecidedDraft>) result).value();
    PolicyDecision decision = decided.decision();
    decision.refusals().forEach(r -> meters.refused(Meters.Side.EGRESS, r.code()));
    MessageId id = MessageId.fresh(parts.self(), clock.millis(), random);
    AuditActor actor = parts.actor(client, checked.onBehalfOf());
    switch (decision.outcome()) {
      case REFUSED -> refuse(key, actor, id, decision, tx -> {}, done);
      case HELD ->
          hold(new DraftHolder.UnreleasedDraft(id, key, actor, attempt.draft(), decision), done);
      case ACCEPTED ->
          accept(
              decided,
              it ->
                  submission(
                      key,
                      actor,
                      checked,
                      it,
                      it.decision().permitted(id, parts.sources().granted()::carried),
                      done),
              submitting);
    }
  }

  /**
   * Accepts a draft within the shares of what waits for its recipients, and of what they keep open.
   * A recipient that confirms or answers nothing keeps no draft from the others of a group.
   *
   * @param submission makes a submission of what is decided
   */
  private void accept(
      DecidedDraft decided,
      Function<DecidedDraft, Submission> submission,
      Consumer<Submission> submitting) {
    Submission whole = submission.apply(decided);
    List<Refusal> beyond = beyond(whole);
    DecidedDraft rest = beyond.isEmpty() ? decided : decided.without(beyond);
    if (rest.decision().outcome() == PolicyDecision.Outcome.REFUSED) {
      // Not a refusal for good: the same draft is accepted, or released, once there is room.
      Refusal first = beyond.get(0);
      reject(whole.key(), new Problem(first.code(), "to", first.reason()), whole.done());
      return;
    }
    beyond.forEach(refusal -> meters.refused(Meters.Side.EGRESS, refusal.code()));
    submitting.accept(beyond.isEmpty() ? whole : submission.apply(rest));
  }

  /** The first refusal of each recipient whose share is taken. */
  private List<Refusal> beyond(Submission draft) {
    List<Refusal> waiting = waitingShare.refusals(draft);
    List<Refusal> open = hooks.beyond(draft.sharer(), draft.parts(), draft.done());
    if (waiting.isEmpty() && open.isEmpty()) {
      return List.of();
    }
    Map<String, Refusal> beyond = new LinkedHashMap<>();
    waiting.forEach(one -> beyond.putIfAbsent(one.recipient(), one));
    open.forEach(one -> beyond.putIfAbsent(one.recipient(), one));
    return List.copyOf(beyond.values());
  }

  private CheckedDraft traced(
      NodeName client, CheckedDraft draft, String traceparent, Object attempt) {
    String span = hooks.tracer().begun(attempt, client, draft.label(), traceparent);
    return span.isEmpty() ? draft : draft.traced(span);
  }

  /** A draft that policy has decided on, and what it passes on. */
  private record DecidedDraft(OnwardSources passing, PolicyDecision decision) {
    DecidedDraft without(List<Refusal> refusals) {
      return new DecidedDraft(passing, decision.without(refusals));
    }
  }

  /** The decision on a draft, or what it lacks; then {@link DraftHooks#end} must be called. */
  private Result<DecidedDraft> decided(NodeName client, CheckedDraft checked, Object attempt) {
    OnwardSources passing = OnwardSources.of(client, checked, parts);
    ReferenceResolution referring = ReferenceResolution.of(client, checked, parts);
    Problem lacking = passing.lacking() == null ? referring.lacking() : passing.lacking();
    if (lacking != null) {
      return new Result.Refused<>(lacking);
    }
    DraftHook.Prepared prepared = hooks.begin(client, checked, clock.instant(), attempt);
    Problem refused = prepared.lacking();
    if (refused != null) {
      return new Result.Refused<>(refused);
    }
    PolicyDecision decision = egress(prepared.draft(), passing, referring);
    hooks.tracer().decided(attempt);
    return Result.unless(
        RecipientSet.tooManyUnknown(decision.refusals()),
        () -> Result.done(new DecidedDraft(passing, decision)));
  }

  private Submission submission(
      OutcomeKey key,
      AuditActor actor,
      CheckedDraft checked,
      DecidedDraft decided,
      List<Permitted> permitted,
      CompletableFuture<Outcome> done) {
    return Submission.of(
        key,
        actor,
        permitted,
        decided.decision().refusals(),
        OnwardContent.of(decided.passing().sources(), decided.decision().consented()),
        parts.openWithin().of(checked),
        done);
  }

  /**
   * A held draft that a second person has released.
   *
   * @param key the key under which its outcome is remembered
   * @param ended ends the waiting, in the commit in which this decision sends or refuses it
   */
  public record ReleasedDraft(
      MessageId id, OutcomeKey key, Draft draft, BiConsumer<Transaction, PolicyDecision> ended) {
    /** Names the message, never the content. */
    @Override
    public String toString() {
      return "released draft " + id;
    }
  }

  /**
   * Decides again on a held draft, as if it needed no second person. If it lacks something by now,
   * nothing has changed. Otherwise the future completes as that of {@link #publish}; an accepted or
   * refused outcome replaces the held one. It counts for the client that published it, and stays
   * held while that client has its share of what waits for all recipients.
   */
  public Result<CompletableFuture<Outcome>> release(ReleasedDraft released) {
    DraftCheck check = parts.rules().check().draft(released.draft(), clock.instant());
    if (check instanceof DraftCheck.InvalidDraft invalid) {
      return new Result.Refused<>(invalid.problems().get(0));
    }
    NodeName author = new NodeName(released.key().client());
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    CheckedDraft checked =
        traced(author, (CheckedDraft) check, released.draft().getTraceparent(), done);
    try {
      Result<DecidedDraft> result = decided(author, checked, done);
      if (result instanceof Result.Refused<DecidedDraft> lacking) {
        ended(checked, done, null);
        return new Result.Refused<>(lacking.problem());
      }
      release(released, checked, ((Result.Done<DecidedDraft>) result).value(), done);
    } catch (RuntimeException | StackOverflowError e) {
      done.completeExceptionally(e);
    }
    return new Result.Done<>(
        done.whenComplete((outcome, failure) -> ended(checked, done, outcome)));
  }

  private void release(
      ReleasedDraft released,
      CheckedDraft checked,
      DecidedDraft decided,
      CompletableFuture<Outcome> done) {
    PolicyDecision decision = decided.decision();
    AuditActor author = parts.actor(new NodeName(released.key().client()), checked.onBehalfOf());
    Consumer<Transaction> ended = tx -> released.ended().accept(tx, decision);
    if (decision.outcome() == PolicyDecision.Outcome.REFUSED) {
      refuse(released.key(), author, released.id(), decision, ended, done);
      return;
    }
    accept(
        decided,
        it ->
            submission(
                    released.key(),
                    author,
                    checked,
                    it,
                    it.decision().released(released.id(), parts.sources().granted()::carried),
                    done)
                .with(ended),
        this::submit);
  }

  /** The facts of a held draft that people are shown; empty if it is not held. */
  public Optional<HeldMessage> held(MessageId id) {
    return hooks.holder().flatMap(holder -> holder.find(id));
  }

  /** Whether a draft has its outcome already: one that was remembered, or that the disk is full. */
  private boolean isSettled(OutcomeKey key, CompletableFuture<Outcome> done) {
    Optional<Outcome> known = memory.read(key);
    if (known.isPresent()) {
      done.complete(known.get());
      return true;
    }
    Optional<Problem> full = parts.ledger().room().refusal();
    if (full.isPresent()) {
      reject(key, full.get(), done);
      return true;
    }
    return false;
  }

  private void reject(OutcomeKey key, Problem problem, CompletableFuture<Outcome> done) {
    meters.refused(Meters.Side.CLIENT, problem.code());
    done.complete(OutcomeMapper.invalid(key.key(), problem));
  }

  private PolicyDecision egress(
      CheckedDraft draft, OnwardSources passing, ReferenceResolution referring) {
    return parts
        .rules()
        .policy()
        .get()
        .egress()
        .decide(draft, passing.sources(), referring.hadTarget(), parts.self(), clock.instant());
  }

  private void refuse(
      OutcomeKey key,
      AuditActor actor,
      MessageId id,
      PolicyDecision decision,
      Consumer<Transaction> besides,
      CompletableFuture<Outcome> done) {
    write(
        tx -> {
          besides.accept(tx);
          Outcome outcome = OutcomeMapper.refused(key.key(), id, decision.refusals());
          DraftAuditLeaves.refused(tx, actor, id, decision.refusals(), decision.policyVersion());
          RejectionEvidence.of(tx, parts, id, decision.refusals());
          memory.write(tx, key, outcome);
          return outcome;
        },
        done);
  }

  private void hold(DraftHolder.UnreleasedDraft draft, CompletableFuture<Outcome> done) {
    Result<Mutation<Held>> result = hooks.hold(draft);
    if (result instanceof Result.Refused<Mutation<Held>> refused) {
      reject(draft.key(), refused.problem(), done);
      return;
    }
    Mutation<Held> holding = ((Result.Done<Mutation<Held>>) result).value();
    PolicyDecision decision = draft.decision();
    write(
        tx -> {
          Held held = holding.apply(tx);
          hooks.held(tx, draft, held);
          Outcome outcome = OutcomeMapper.held(draft.key().key(), draft.id(), held);
          DraftAuditLeaves.refused(
              tx, draft.publisher(), draft.id(), decision.refusals(), decision.policyVersion());
          memory.write(tx, draft.key(), outcome);
          return outcome;
        },
        done);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the outcome completes the future done
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

  /** Explains what would happen to drafts. */
  public PolicyExplainer explaining() {
    return new PolicyExplainer(parts, clock);
  }

  /**
   * Queues a permitted submission. Its future completes when it is durable, or if the queue is
   * full.
   */
  void submit(Submission submission) {
    Problem problem = queue.offer(submission);
    if (problem != null) {
      refused(submission, problem);
    }
  }

  /** Why there is no room for a submission; empty if there is: on the disk, in its shares. */
  Optional<Problem> lacksRoom(Submission submission) {
    return waitingShare.lacksRoom(submission);
  }

  private void submit(List<Submission> together) {
    if (!together.isEmpty()) {
      List<Submission> offered = List.copyOf(together);
      // First, so that none is offered twice if this fails.
      together.clear();
      queue.offer(offered, Intake::refused);
    }
  }

  private static void refused(Submission submission, Problem problem) {
    submission.done().complete(OutcomeMapper.invalid(submission.key().key(), problem));
  }

  private CompletableFuture<List<Outcome>> sealAndCommit(List<Submission> round) {
    long began = System.nanoTime();
    List<SealingItem> items = new ArrayList<>();
    for (Submission submission : round) {
      for (Permitted part : submission.parts()) {
        items.add(SealingItem.of(part));
      }
    }
    List<OutboundSealer.ReadyEnvelope> sealed = waitingShare.owned(outbound.seal(items), round);
    RoundStages.sealed(hooks.tracer(), round, sealed, began);
    List<List<RecordSeal.Token>> subjects = round.stream().map(this::subjects).toList();
    long handedOver = System.nanoTime();
    Lane lane = round.get(0).lane();
    Mutation<List<Outcome>> change = tx -> commit(tx, round, sealed, subjects);
    Ledger ledger = parts.ledger();
    CompletableFuture<List<Outcome>> written =
        round.size() == 1 ? ledger.writeHere(lane, change) : ledger.write(lane, change);
    return written
        .thenRun(
            () -> {
              sealed.forEach(Intake::tellAccepted);
              RoundStages.committed(hooks.tracer(), round, handedOver);
            })
        // What is durable may not be repeated, so it does not fail if telling of it does.
        .handle((told, failure) -> written.join());
  }

  /** Lets an operator follow a message, through transits too, which see only the header's hash. */
  private static void tellAccepted(OutboundSealer.ReadyEnvelope sealed) {
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "accepted {} in envelope {} for {}",
          sealed.messages(),
          HexFormat.of().formatHex(sealed.outgoing().headerHash()),
          sealed.recipients());
    }
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
    Map<MessageId, SentFacts> sent = new LinkedHashMap<>();
    for (int i = 0; i < round.size(); i++) {
      Submission submission = round.get(i);
      parts.ledger().subjects().put(tx, subjects.get(i), submission.id());
      Outcome outcome =
          submission.outcome().toBuilder()
              .setPosition(parts.ledger().inbox().nextPosition(tx))
              .build();
      MessageId id = submission.id();
      submission.besides().accept(tx);
      DraftAuditLeaves.refused(
          tx, submission.actor(), id, submission.refusals(), submission.policyVersion());
      RejectionEvidence.of(tx, parts, id, submission.refusals());
      DraftAuditLeaves.passedOn(tx, submission);
      hooks.sent(tx, submission.sharer(), submission.parts());
      OnwardUseEvidence.tell(tx, parts, submission);
      ChainLink.of(submission.parts().get(0).label())
          .ifPresent(step -> changed(tx, submission.actor(), step));
      sent.put(id, facts(submission));
      outcomes.add(outcome);
    }
    memory.write(tx, round.stream().map(Submission::key).toList(), outcomes);
    EvidenceTimeouts.begin(tx, parts.ledger(), parts.records().evidence(), sent);
    return outcomes;
  }

  private void changed(Transaction tx, AuditActor actor, ChainLink step) {
    parts.ledger().chains().changed(tx, parts.self(), step);
    DraftAuditLeaves.changed(tx, actor, step);
  }

  /** The subjects of a draft, as keyed terms. */
  private List<RecordSeal.Token> subjects(Submission submission) {
    Permitted any = submission.parts().get(0);
    return parts
        .records()
        .evidence()
        .tokens(SubjectTerms.of(any.writtenLabel(), any.writtenBody()), clock.instant());
  }

  private void keepHeader(Transaction tx, OutboundSealer.ReadyEnvelope ready) {
    parts
        .records()
        .evidence()
        .keepHeader(
            tx,
            parts.ledger().evidence(),
            ready.outgoing().envelope().getHeader().toByteArray(),
            ready.outgoing().envelope().getSignature().toByteArray());
  }

  /** The recipients and the times by which they are expected to act. */
  private static SentFacts facts(Submission submission) {
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
      // After its expiry a message is no longer delivered.
      facts.setOpenByMs(
          Math.min(accepted + submission.openWithin().toMillis(), facts.getExpiresAtMs()));
    }
    return facts.build();
  }

  /**
   * Kinds that cannot be recalled: a recall, a roster, which the next one replaces, and an
   * assignment.
   */
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

  /** Accepts nothing more and commits the waiting submissions. */
  @Override
  public void close() {
    queue.close();
  }
}
