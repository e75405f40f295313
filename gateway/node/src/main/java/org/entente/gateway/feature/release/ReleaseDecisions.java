package org.entente.gateway.feature.release;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.release.HeldDrafts.StoredFacts;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.OutcomeMapper;
import org.entente.gateway.intake.RejectionEvidence;
import org.entente.gateway.intake.SingleFlight;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Decides on held drafts: a second person releases or denies them, or they are refused if nobody
 * decides in time.
 *
 * <p>A decision is durable when its future completes. One synced commit contains the queued message
 * (or its refusal), the audit leaf with the second person, the publisher's new outcome, and the end
 * of the waiting; so no draft is released twice or lost. Concurrent decisions on one draft give one
 * outcome. Safe for use by several threads.
 */
public final class ReleaseDecisions {
  private static final int EXPIRED_AT_ONCE = 256;

  /** A held draft, or why it cannot be shown. */
  public sealed interface ReadResult {
    /**
     * The draft.
     *
     * @param message the entry in the list
     * @param draft the draft as published
     */
    record Shown(HeldMessage message, Draft draft) implements ReadResult {
      /** Names the message, never the content. */
      @Override
      public String toString() {
        return "held draft";
      }
    }

    /**
     * The draft cannot be shown.
     *
     * @param problem the reason
     */
    record Unreadable(Problem problem) implements ReadResult {}
  }

  private final IntakeParts parts;
  private final Intake intake;
  private final InstantSource ending;
  private final Meters meters;
  private final FourEyesRule second;
  private final HeldDrafts held;
  private final SingleFlight<MessageId, Outcome> decisions = new SingleFlight<>();

  /** Decisions on the drafts held by an intake. */
  public ReleaseDecisions(
      IntakeParts parts, Intake intake, HeldDrafts held, InstantSource ending, Meters meters) {
    this.parts = parts;
    this.intake = intake;
    this.held = held;
    this.ending = ending;
    this.meters = meters;
    this.second = new FourEyesRule(parts.rules().check(), held.limits().sameClient());
  }

  /** The number of waiting drafts. */
  public int count() {
    return held.table().count();
  }

  /** At most this many waiting drafts, after an id or from the oldest. */
  public List<HeldMessage> page(@Nullable MessageId after, int most) {
    return held.page(after, most).stream().map(StoredFacts::message).toList();
  }

  /** The facts of a waiting draft. */
  public Optional<HeldMessage> find(MessageId id) {
    return held.find(id);
  }

  /** Shows a draft to a person, once the access is recorded. */
  public CompletableFuture<ReadResult> read(NodeName client, MessageId id, OnBehalfOf person) {
    Problem problem = second.problem(person);
    if (problem != null) {
      return CompletableFuture.completedFuture(new ReadResult.Unreadable(counted(problem)));
    }
    Optional<StoredFacts> waits = held.read(id);
    Optional<Draft> draft = held.draft(id);
    if (waits.isEmpty() || draft.isEmpty()) {
      return CompletableFuture.completedFuture(new ReadResult.Unreadable(counted(notFound(id))));
    }
    AuditActor actor = parts.actor(client, person);
    return parts
        .ledger()
        .write(
            Lane.ROUTINE,
            tx -> {
              tx.audit(leaf(tx, AuditType.OPENED, LawCategory.CONSULTATION, actor, id));
              return new ReadResult.Shown(waits.get().message(), draft.get());
            });
  }

  /**
   * Decides on a draft. The outcome is accepted or refused. It is invalid if the call cannot be
   * followed; then only the audit log has changed. The future fails only if the ledger does.
   */
  public CompletableFuture<Outcome> decide(
      NodeName client, MessageId id, Verdict verdict, OnBehalfOf person) {
    Problem problem = second.problem(verdict, person);
    if (problem != null) {
      return invalid(problem);
    }
    Optional<StoredFacts> waits = held.read(id);
    if (waits.isEmpty()) {
      return invalid(notFound(id));
    }
    AuditActor by = parts.actor(client, person);
    Problem own = second.own(waits.get().message(), client, person);
    Optional<Problem> full = parts.ledger().room().refusal();
    // Each attempt on an own message is on record; a denial by another ends the waiting.
    if (full.isPresent() && (own != null || verdict == Verdict.VERDICT_RELEASE)) {
      return invalid(full.get());
    }
    if (own != null) {
      return refuseOwn(by, id, own);
    }
    return decisions.run(
        id,
        // Read again: it may have been decided since.
        () ->
            held.read(id)
                .map(
                    again ->
                        verdict == Verdict.VERDICT_RELEASE
                            ? release(again, by)
                            : deny(
                                again,
                                by,
                                Code.RELEASE_DENIED,
                                "denied: " + person.getJustification()))
                .orElseGet(() -> invalid(notFound(id))));
  }

  /** Refuses drafts that nobody has decided on in time; returns their number. */
  public int expire() {
    long now = ending.millis();
    int expired = 0;
    MessageId after = null;
    List<HeldDraftTable.Entry> page = held.table().page(null, EXPIRED_AT_ONCE);
    while (!page.isEmpty()) {
      for (HeldDraftTable.Entry entry : page) {
        if (entry.record().getUntilMs() <= now) {
          parts.ledger().await(timeOut(entry.id()));
          expired++;
        }
        after = entry.id();
      }
      page = held.table().page(after, EXPIRED_AT_ONCE);
    }
    return expired;
  }

  private CompletableFuture<Outcome> timeOut(MessageId id) {
    AuditActor self = AuditActor.gateway(parts.self());
    String reason = "nobody released or denied it in time";
    return decisions.run(
        id,
        () ->
            held.read(id)
                .map(waits -> deny(waits, self, Code.RELEASE_TIMED_OUT, reason))
                .orElseGet(() -> endUnread(self, id, reason)));
  }

  /** Its key has been destroyed, so it cannot be read; only the record remains to be removed. */
  private CompletableFuture<Outcome> endUnread(AuditActor self, MessageId id, String reason) {
    return parts
        .ledger()
        .write(
            Lane.ROUTINE,
            tx -> {
              end(tx, self, id, Code.RELEASE_TIMED_OUT, reason);
              return OutcomeMapper.refused("", id, List.of());
            });
  }

  private CompletableFuture<Outcome> release(StoredFacts waits, AuditActor by) {
    Optional<Draft> draft = held.draft(waits.id());
    if (draft.isEmpty()) {
      return invalid(notFound(waits.id()));
    }
    Result<CompletableFuture<Outcome>> result =
        intake.release(
            new Intake.ReleasedDraft(
                waits.id(),
                waits.key(),
                draft.get(),
                (tx, decision) -> ended(tx, by, waits.id(), decision)));
    if (result instanceof Result.Refused<CompletableFuture<Outcome>> lacking) {
      Problem problem = lacking.problem();
      if (problem.code().retry()) {
        // It passes by itself, and others can cause it: the draft goes on waiting.
        return invalid(problem);
      }
      return deny(waits, by, problem.code(), problem.field() + ": " + problem.message());
    }
    return ((Result.Done<CompletableFuture<Outcome>>) result)
        .value()
        .whenComplete((outcome, failure) -> count(outcome));
  }

  /** Ends the waiting of a draft that policy has decided on again. */
  private void ended(Transaction tx, AuditActor by, MessageId id, PolicyDecision decision) {
    held.remove(tx, id);
    if (decision.outcome() != PolicyDecision.Outcome.REFUSED) {
      tx.audit(
          leaf(tx, AuditType.RELEASED, LawCategory.DISCLOSURE, by, id)
              .under("", decision.policyVersion()));
    }
  }

  private void count(@Nullable Outcome outcome) {
    if (outcome != null && outcome.hasAccepted()) {
      meters.decided(Meters.ReleaseResult.RELEASED);
    } else if (outcome != null && outcome.hasRefused()) {
      meters.decided(Meters.ReleaseResult.REFUSED);
    }
  }

  private CompletableFuture<Outcome> deny(
      StoredFacts waits, AuditActor by, Code code, String reason) {
    meters.decided(
        code == Code.RELEASE_TIMED_OUT
            ? Meters.ReleaseResult.TIMED_OUT
            : Meters.ReleaseResult.DENIED);
    List<Refusal> refusals =
        waits.message().getPermitsList().stream()
            .map(permit -> new Refusal(permit.getAgency(), code, "", reason))
            .toList();
    return parts
        .ledger()
        .write(
            Lane.ROUTINE,
            tx -> {
              end(tx, by, waits.id(), code, reason);
              Outcome outcome = OutcomeMapper.refused(waits.key().key(), waits.id(), refusals);
              parts.memory().write(tx, waits.key(), outcome);
              return outcome;
            });
  }

  /** Ends the waiting, with evidence that states why, unless it has ended meanwhile. */
  private void end(Transaction tx, AuditActor by, MessageId id, Code code, String reason) {
    if (!held.remove(tx, id)) {
      return;
    }
    // The person's reason is in the actor; the detail says no more than the outcome.
    tx.audit(refusal(tx, by, id, code, "held message not released"));
    RejectionEvidence.of(tx, parts, id, "", code, reason);
  }

  private static AuditRecord refusal(
      Transaction tx, AuditActor by, MessageId id, Code code, String detail) {
    return leaf(tx, AuditType.REFUSED, LawCategory.NONE, by, id).refused(code, detail);
  }

  private static AuditRecord leaf(
      Transaction tx, AuditType type, LawCategory category, AuditActor by, MessageId id) {
    return AuditRecord.of(
        type,
        category,
        Instant.ofEpochMilli(tx.nowMillis()),
        by,
        new AuditSubject(null, List.of(id), List.of(), null));
  }

  private CompletableFuture<Outcome> refuseOwn(AuditActor by, MessageId id, Problem problem) {
    return parts
        .ledger()
        .write(
            Lane.ROUTINE,
            tx -> {
              tx.audit(refusal(tx, by, id, problem.code(), "tried to decide on its own message"));
              return OutcomeMapper.invalid("", counted(problem));
            });
  }

  private CompletableFuture<Outcome> invalid(Problem problem) {
    return CompletableFuture.completedFuture(OutcomeMapper.invalid("", counted(problem)));
  }

  private Problem counted(Problem problem) {
    meters.refused(Meters.Side.CLIENT, problem.code());
    return problem;
  }

  private static Problem notFound(MessageId id) {
    return new Problem(Code.NOT_FOUND, "message_id", "no message " + id + " waits for release");
  }
}
