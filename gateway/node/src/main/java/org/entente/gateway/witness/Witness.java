package org.entente.gateway.witness;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointCosigner;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.WitnessKeys;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.witness.ReportedCheckpoints.Report;
import org.entente.gateway.witness.WitnessRules.Cosign;
import org.entente.gateway.witness.WitnessRules.Judgement;
import org.entente.gateway.witness.WitnessRules.Refuse;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cosigns checkpoints of other agencies' audit logs, if this agency has the role of a witness.
 *
 * <p>Guarantee: all checkpoints of a log ever cosigned here belong to one history. One transaction
 * of the ledger compares the stored checkpoint with the offered one and replaces it. The
 * cosignature is made once that is on the disk and states the time of the transaction, so it is
 * never later than that of a newer checkpoint. Before, the checkpoint is also written outside the
 * ledger ({@link CosignedCheckpoints}), and a start takes what is newer there, so that the
 * guarantee survives the restore of an older ledger. What other witnesses report of a log must be
 * of that history too: two checkpoints that contradict each other convict the log, which is
 * cosigned no more; for others the log owes a proof before the next cosignature. A refusal proven
 * by two signed checkpoints, or for a missing proof, raises an alarm. Each alarm is counted; once
 * an hour for each agency and kind it is logged and recorded in the audit log, with the refused
 * checkpoint kept as evidence.
 *
 * <p>Safe for many threads. The caller's thread verifies; one worker at a time writes files and
 * signs, so that a slow disk holds up no other. An agency has a few requests in progress, so that
 * it delays others by as many files.
 */
public final class Witness {
  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
  private static final Duration ALARM_EVERY = Duration.ofHours(1);
  private static final Duration FURTHER_LOG_EVERY = Duration.ofMinutes(1);

  /** From when the log was shown what another witness holds: before that it cannot prove it. */
  private static final Duration PROOF_WITHIN = Duration.ofMinutes(10);

  /**
   * Answers that showed it to the log before it is accused. A log that gets none asks again every
   * ten seconds, so that minutes of lost answers accuse nobody; one that gets them proves it in its
   * next request.
   */
  static final int SHOWN_BEFORE = 30;

  private static final int MAX_GATEWAYS = 64;

  /** Requests of one agency that are worked on or wait; its gateways ask every few seconds. */
  static final int IN_PROGRESS = 8;

  private final FederationName federation;
  private final AgencyName self;
  private final Ledger ledger;
  private final Supplier<TrustBundle> bundle;
  private volatile CheckpointCosigner cosigner;
  private final InstantSource clock;
  private final Executor workers;
  private final CosignedCheckpoints cosigned;
  private final Meters meters;
  private final Map<Alarm, Instant> alarmed = new ConcurrentHashMap<>();
  private final ReportedCheckpoints reports = new ReportedCheckpoints();
  private final Map<AgencyName, Integer> inProgress = new ConcurrentHashMap<>();
  private final Object turns = new Object();
  private CompletableFuture<?> lastTurn = CompletableFuture.completedFuture(null);

  /** Agency and code of an alarm; a null code means that the agency began another log. */
  private record Alarm(AgencyName log, @Nullable Code code) {}

  /**
   * What came of a request.
   *
   * @param shown checkpoints that the log has to answer for
   */
  private record Outcome(
      Judgement judgement, @Nullable HeldCheckpoint held, List<HeldCheckpoint> shown, Instant at) {}

  /** The parts that a witness uses. */
  public record Parts(
      FederationName federation,
      AgencyName self,
      Ledger ledger,
      Supplier<TrustBundle> bundle,
      InstantSource clock,
      Executor workers,
      Meters meters) {}

  /**
   * Creates the witness of an agency.
   *
   * @param cosigned what it has cosigned, outside the ledger
   */
  public Witness(Parts parts, CosignedCheckpoints cosigned, CheckpointCosigner cosigner) {
    this.cosigned = cosigned;
    this.federation = parts.federation();
    this.self = parts.self();
    this.ledger = parts.ledger();
    this.bundle = parts.bundle();
    this.cosigner = cosigner;
    this.clock = parts.clock();
    this.workers = parts.workers();
    this.meters = parts.meters();
  }

  /** From now on, cosigns with another pair. May be called by any thread. */
  public void signWith(CheckpointCosigner next) {
    cosigner = next;
  }

  /**
   * Takes what it has cosigned from outside the ledger, if the ledger is older. Called before the
   * first request; durable on return.
   */
  public void recall() {
    for (HeldCheckpoint known : cosigned.read()) {
      boolean newer =
          ledger.commit(
              Lane.ROUTINE,
              tx -> {
                Optional<HeldCheckpoint> held = ledger.witness().latest(tx, known.origin());
                boolean isNewer = held.isEmpty() || held.get().isBefore(known);
                if (isNewer) {
                  ledger.witness().put(tx, known);
                }
                return isNewer;
              });
      if (newer) {
        LOG.warn(
            "the ledger had forgotten that {} leaves of {} were cosigned here",
            known.checkpoint().size(),
            known.origin());
      }
    }
  }

  /**
   * Answers a request attributed to an agency; completes once the answer may be sent, never
   * exceptionally. Empty if there is no valid requester.
   */
  public CompletableFuture<Optional<WitnessAnswer>> answer(AgencyName from, WitnessRequest asked) {
    Optional<LogOrigin> origin = LogOrigin.parse(asked.getOrigin());
    Optional<Member> member = bundle.get().agency(from);
    if (origin.isEmpty() || member.isEmpty()) {
      return done(Optional.empty());
    }
    LogOrigin log = origin.get();
    boolean mine = bundle.get().has(self, AgencyRole.WITNESS);
    if (!mine || !log.federation().equals(federation) || !log.agency().equals(from)) {
      return done(Optional.of(reply(log, 0, WitnessRules.UNKNOWN, null)));
    }
    if (asked.getAddCheckpoint().isEmpty()) {
      return done(Optional.of(latest(log)));
    }
    return cosign(log, member.get(), asked)
        .thenApply(
            reply -> {
              meters.witnessed(from, reply.getStatus());
              return Optional.of(reply);
            });
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private WitnessAnswer latest(LogOrigin log) {
    return reply(log, 0, WitnessRules.OK, ledger.witness().latest(log).orElse(null));
  }

  private CompletableFuture<WitnessAnswer> cosign(
      LogOrigin log, Member member, WitnessRequest wire) {
    Optional<AddCheckpointRequest> request =
        AddCheckpointRequest.parse(wire.getAddCheckpoint().toByteArray());
    if (request.isEmpty()) {
      return done(reply(log, 0, WitnessRules.MALFORMED, null));
    }
    AddCheckpointRequest asked = request.get();
    Optional<HeldCheckpoint> signed = verified(log, member, asked.checkpoint());
    if (signed.isEmpty()) {
      return done(reply(log, 0, WitnessRules.FORBIDDEN, null));
    }
    HeldCheckpoint offered = signed.get();
    SuccessionProof succession =
        SuccessionProof.verify(wire.getOpeningsList(), offered.checkpoint());
    HistoryProofs connections = HistoryProofs.of(wire.getConnectionsList(), succession);
    long size = offered.checkpoint().size();
    if (inProgress.merge(log.agency(), 1, Integer::sum) > IN_PROGRESS) {
      ended(log.agency());
      return done(reply(log, size, WitnessRules.UNAVAILABLE, null));
    }
    return ledger
        .write(Lane.ROUTINE, tx -> decide(tx, asked, offered, succession, connections))
        .thenCompose(outcome -> inTurn(() -> reply(offered, outcome)))
        .exceptionally(
            failure -> {
              LOG.warn("cannot cosign a checkpoint of {}: {}", log, failure.getMessage());
              return reply(log, size, WitnessRules.UNAVAILABLE, null);
            })
        .whenComplete((reply, failure) -> ended(log.agency()));
  }

  private void ended(AgencyName agency) {
    inProgress.computeIfPresent(agency, (name, count) -> count > 1 ? count - 1 : null);
  }

  /** Runs a task on a worker, after those before it. */
  private <T> CompletableFuture<T> inTurn(Supplier<T> task) {
    synchronized (turns) {
      CompletableFuture<T> turn = lastTurn.handleAsync((before, failure) -> task.get(), workers);
      lastTurn = turn;
      return turn;
    }
  }

  private Optional<HeldCheckpoint> verified(LogOrigin log, Member member, SignedNote note) {
    CheckpointVerifier verifier = new CheckpointVerifier(log, pairs(member));
    return verifier.check(note.encode()) instanceof CheckpointCheck.Signed signed
        ? Optional.of(
            new HeldCheckpoint(log, signed.checkpoint(), signed.seconds(), signed.proven()))
        : Optional.empty();
  }

  private List<VerifyingPair> pairs(Member member) {
    Instant now = clock.instant();
    return member.audit().stream().filter(key -> key.validAt(now)).map(AgencyKey::pair).toList();
  }

  /** The atomic step: on the writer's thread, which nobody else changes the ledger from. */
  private Outcome decide(
      Transaction tx,
      AddCheckpointRequest asked,
      HeldCheckpoint offered,
      SuccessionProof succession,
      HistoryProofs connections) {
    HeldCheckpoint held = ledger.witness().latest(tx, offered.origin()).orElse(null);
    List<HeldCheckpoint> convicted = ledger.witness().convicted(tx, offered.origin());
    if (convicts(convicted, offered.origin())) {
      return new Outcome(
          new Refuse(WitnessRules.CONFLICT, null, "the log is convicted"),
          held,
          convicted,
          now(tx));
    }
    List<Report> owed = reports.unproven(offered.origin());
    Judgement judgement =
        bounded(tx, held, offered, WitnessRules.judge(held, asked, offered, succession));
    if (judgement instanceof Cosign) {
      judgement = connected(tx, judgement, owed, offered, connections);
    }
    if (judgement instanceof Cosign cosign && cosign.advances()) {
      ledger.witness().put(tx, offered);
      if (cosign.follows() && held != null) {
        follow(tx, held, offered);
      }
    } else if (judgement instanceof Refuse refuse && refuse.alarm() != null) {
      alarm(tx, refuse.alarm(), offered, refuse.why());
    }
    if (judgement.status() == WitnessRules.CONFLICT) {
      Instant now = now(tx);
      tx.afterCommit(() -> reports.shown(owed, now));
    }
    return new Outcome(judgement, held, owed.stream().map(Report::checkpoint).toList(), now(tx));
  }

  /** Whether two checkpoints are those that convict this log of a gateway, and not another one. */
  private static boolean convicts(List<HeldCheckpoint> checkpoints, LogOrigin log) {
    return !checkpoints.isEmpty() && checkpoints.get(0).origin().equals(log);
  }

  /** Refuses what is not of one history with all that other witnesses reported of the log. */
  private Judgement connected(
      Transaction tx,
      Judgement cosign,
      List<Report> owed,
      HeldCheckpoint offered,
      HistoryProofs connections) {
    for (Report report : owed) {
      Refuse conflict = WitnessRules.conflict(report.checkpoint(), offered);
      if (conflict != null) {
        ledger.witness().convict(tx, offered, report.checkpoint());
        return conflict;
      }
    }
    List<Report> missing =
        owed.stream().filter(one -> !connections.connect(one.checkpoint(), offered)).toList();
    if (missing.isEmpty()) {
      tx.afterCommit(() -> reports.proven(owed));
      return cosign;
    }
    Report oldest = missing.get(0);
    Instant now = now(tx);
    boolean overdue =
        missing.stream().anyMatch(one -> one.isOverdue(PROOF_WITHIN, SHOWN_BEFORE, now));
    return new Refuse(
        WitnessRules.CONFLICT,
        overdue ? Code.AUDIT_LOG_UNPROVEN : null,
        "no proof that %d leaves and the %d that %s holds are of one history"
            .formatted(
                offered.checkpoint().size(),
                oldest.checkpoint().checkpoint().size(),
                oldest.witness()));
  }

  /**
   * Takes what another agency says that its witness holds. Only the signatures of the logs count: a
   * witness can neither convict a log nor delay one that proves its history.
   */
  public void reported(AgencyName from, WitnessedCheckpoints said) {
    Set<AgencyName> witnesses = bundle.get().having(AgencyRole.WITNESS);
    if (from.equals(self) || !witnesses.contains(self) || !witnesses.contains(from)) {
      return;
    }
    said.getCheckpointsList().stream()
        .limit(CheckpointGossip.MOST_IN_A_NOTICE)
        .filter(bytes -> bytes.size() <= CheckpointGossip.MAX_NOTE_BYTES)
        .flatMap(bytes -> SignedNote.parse(bytes.toByteArray()).asNote().stream())
        .forEach(note -> reported(from, note, witnesses));
  }

  private void reported(AgencyName from, SignedNote note, Set<AgencyName> witnesses) {
    Optional<LogOrigin> log =
        Checkpoint.parse(note.text())
            .flatMap(checkpoint -> LogOrigin.parse(checkpoint.origin()))
            .filter(origin -> origin.federation().equals(federation));
    Optional<HeldCheckpoint> held = log.flatMap(ledger.witness()::latest);
    if (held.isEmpty()
        || held.get().checkpoint().text().equals(note.text())
        || !reports.isNews(from, log.get(), note.text())) {
      return;
    }
    bundle
        .get()
        .agency(log.get().agency())
        .flatMap(member -> verified(log.get(), member, note))
        .ifPresent(
            told -> {
              if (conflict(held.get(), told).isPresent()) {
                convict(told);
              } else {
                reports.put(from, told, clock.instant(), witnesses);
              }
            });
  }

  /**
   * The conflict of two checkpoints of one log. Those of two logs of a gateway are compared once
   * the log is to be cosigned, since a clock may have been set back between the two.
   */
  private static Optional<Refuse> conflict(HeldCheckpoint held, HeldCheckpoint told) {
    return held.origin().equals(told.origin())
        ? Optional.ofNullable(WitnessRules.conflict(told, held))
        : Optional.empty();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // reported again until it is recorded
  private void convict(HeldCheckpoint told) {
    ledger.write(
        Lane.ROUTINE,
        tx -> {
          Optional<HeldCheckpoint> held = ledger.witness().latest(tx, told.origin());
          Optional<Refuse> conflict = held.flatMap(now -> conflict(now, told));
          boolean known = convicts(ledger.witness().convicted(tx, told.origin()), told.origin());
          if (conflict.isPresent() && !known) {
            Refuse why = conflict.get();
            ledger.witness().convict(tx, held.get(), told);
            alarm(tx, Objects.requireNonNull(why.alarm()), told, why.why());
          }
          return told;
        });
  }

  /** Bounds the space that a faulty or hostile member can use. */
  private Judgement bounded(
      Transaction tx, @Nullable HeldCheckpoint held, HeldCheckpoint offered, Judgement judgement) {
    AgencyName agency = offered.origin().agency();
    if (held == null && ledger.witness().gateways(tx, agency) >= MAX_GATEWAYS) {
      return new Refuse(WitnessRules.UNKNOWN, null, "too many gateways of " + agency);
    }
    boolean follows = judgement instanceof Cosign cosign && cosign.follows();
    return follows && !isDue(new Alarm(agency, null), now(tx), FURTHER_LOG_EVERY)
        ? new Refuse(WitnessRules.UNAVAILABLE, null, "another log began just now")
        : judgement;
  }

  private void follow(Transaction tx, HeldCheckpoint held, HeldCheckpoint offered) {
    String end = held.origin() + " of " + held.checkpoint().size() + " leaves";
    record(tx, offered, AuditType.LOG_OPENED, null, offered.origin() + " follows " + end);
    Instant now = now(tx);
    tx.afterCommit(
        () -> {
          alarmed.put(new Alarm(offered.origin().agency(), null), now);
          LOG.warn("audit log {} follows {}", offered.origin(), end);
        });
  }

  private boolean isDue(Alarm alarm, Instant now, Duration every) {
    Instant last = alarmed.get(alarm);
    return last == null || now.isBefore(last) || !now.isBefore(last.plus(every));
  }

  private static Instant now(Transaction tx) {
    return Instant.ofEpochMilli(tx.nowMillis());
  }

  private void alarm(Transaction tx, Code code, HeldCheckpoint offered, String why) {
    AgencyName agency = offered.origin().agency();
    Instant now = now(tx);
    boolean due = isDue(new Alarm(agency, code), now, ALARM_EVERY);
    if (due) {
      ledger.witness().refuse(tx, code, offered);
      record(tx, offered, AuditType.LOG_CONFLICT, code, offered.origin() + ": " + why);
    }
    tx.afterCommit(
        () -> {
          meters.alarm(code);
          if (due) {
            alarmed.put(new Alarm(agency, code), now);
            LOG.error("ALARM {}: audit log {}: {}", code, offered.origin(), why);
          }
        });
  }

  private static void record(
      Transaction tx, HeldCheckpoint offered, AuditType type, @Nullable Code code, String detail) {
    AgencyName agency = offered.origin().agency();
    AuditRecord happened =
        AuditRecord.of(
            type,
            LawCategory.NONE,
            now(tx),
            AuditActor.gateway(agency),
            new AuditSubject(null, List.of(), List.of(agency), null));
    tx.audit(code == null ? happened.saying(detail) : happened.refused(code, detail));
  }

  private WitnessAnswer reply(HeldCheckpoint offered, Outcome outcome) {
    long size = offered.checkpoint().size();
    if (!(outcome.judgement() instanceof Cosign)) {
      WitnessAnswer.Builder refused =
          reply(offered.origin(), size, outcome.judgement().status(), outcome.held()).toBuilder();
      if (outcome.judgement().status() == WitnessRules.CONFLICT) {
        outcome
            .shown()
            .forEach(one -> refused.addReported(ByteString.copyFrom(one.note().encode())));
      }
      return refused.build();
    }
    // What is held by now, as a concurrent answer may have cosigned more.
    ledger.witness().latest(offered.origin()).ifPresent(cosigned::keep);
    byte[] lines = WitnessKeys.lines(cosigner.cosign(offered.checkpoint(), outcome.at()));
    return reply(offered.origin(), size, WitnessRules.OK, null).toBuilder()
        .setCosignatures(ByteString.copyFrom(lines))
        .build();
  }

  private static WitnessAnswer reply(
      LogOrigin log, long size, int status, @Nullable HeldCheckpoint held) {
    WitnessAnswer.Builder reply =
        WitnessAnswer.newBuilder().setOrigin(log.line()).setSize(size).setStatus(status);
    if (held != null) {
      reply.setLatest(ByteString.copyFrom(held.note().encode()));
    }
    return reply.build();
  }
}
