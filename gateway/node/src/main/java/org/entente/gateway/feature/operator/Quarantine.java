package org.entente.gateway.feature.operator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.Administration.QuarantineStages;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.v1.OnBehalfOf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists quarantined messages, and applies operators' decisions on them. A decision, its effect and
 * its leaf are one commit: of several decisions on a message one takes effect, and the other
 * callers learn which. Shows facts, never content. Safe for many threads; a decision waits for the
 * disk.
 */
public final class Quarantine {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

  /** How long a decision is kept. */
  private static final Duration REMEMBERED = Duration.ofDays(90);

  private static final int AT_ONCE = 1_000;
  private static final String PREFIX = "QUARANTINE_STATE_";

  private final AgencyName self;
  private final Ledger ledger;
  private final Quarantining setting;
  private final LabelCheck check;
  private final InstantSource ending;
  private final QuarantineStages stages;

  /** Entries whose time is over and that cannot be settled; each is logged once. */
  private final Set<Long> endless = ConcurrentHashMap.newKeySet();

  /** What became of a decision. */
  public sealed interface Decision {
    /**
     * The entry is decided.
     *
     * @param now whether by this call; otherwise it was decided before
     */
    record Decided(QuarantineRecord record, String text, boolean now) implements Decision {}

    /** The retry failed; the entry keeps waiting. */
    record FailedAgain(QuarantineRecord record, String reason) implements Decision {}
  }

  /**
   * Creates the quarantine administration of a ledger.
   *
   * @param ending the time for expiry
   */
  public Quarantine(
      AgencyName self,
      Ledger ledger,
      Quarantining setting,
      LabelCheck check,
      InstantSource ending,
      QuarantineStages stages) {
    this.self = self;
    this.ledger = ledger;
    this.setting = setting;
    this.check = check;
    this.ending = ending;
    this.stages = stages;
  }

  /** Waiting or decided entries after a number, oldest first, at most {@code most}. */
  public List<QuarantineTable.Entry> list(boolean decided, long after, int most) {
    return decided
        ? ledger.quarantine().decided(after, most)
        : ledger.quarantine().waiting(after, most);
  }

  /** An entry, waiting or decided. */
  public Optional<QuarantineRecord> find(long number) {
    return Optional.ofNullable(ledger.quarantine().read(number));
  }

  /** What failed on one, in words without content; empty once that is erased. */
  public String reason(long number, QuarantineRecord record) {
    return setting.reason(number, record);
  }

  /** Retries an entry. */
  public Result<Decision> retry(NodeName client, long number, OnBehalfOf person) {
    return decide(number, person, record -> tryAgain(actor(client, person), number, record));
  }

  /** Discards an entry. */
  public Result<Decision> discard(NodeName client, long number, OnBehalfOf person) {
    return decide(
        number,
        person,
        record ->
            end(
                actor(client, person),
                number,
                "discard",
                tx -> stage(record).discard(tx, record, false)));
  }

  private AuditActor actor(NodeName client, OnBehalfOf person) {
    return AuditActor.client(self, client, person);
  }

  private Result<Decision> decide(
      long number, OnBehalfOf person, Function<QuarantineRecord, Result<Decision>> decision) {
    Optional<Problem> problem = check.decision(person);
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    QuarantineRecord record = ledger.quarantine().read(number);
    if (record == null) {
      return notFound(number);
    }
    return isWaiting(record) ? decision.apply(record) : decided(record);
  }

  private Result<Decision> tryAgain(AuditActor actor, long number, QuarantineRecord record) {
    byte[] content = ledger.quarantine().content(number);
    try {
      Mutation<QuarantineStage.DecisionResult> step =
          stage(record).retry(record, content == null ? new byte[0] : content);
      return end(actor, number, "retry", step);
    } catch (CompletionException e) {
      return failedAgain(actor, number, e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException | StackOverflowError e) {
      return failedAgain(actor, number, e);
    }
  }

  private Result<Decision> end(
      AuditActor actor, long number, String what, Mutation<QuarantineStage.DecisionResult> step) {
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          QuarantineRecord record = ledger.quarantine().read(tx, number);
          if (record == null || !isWaiting(record)) {
            return record == null ? notFound(number) : decided(record);
          }
          Problem held = what.equals("discard") ? held(tx, record) : null;
          if (held != null) {
            return new Result.Refused<>(held);
          }
          QuarantineStage.DecisionResult ended = tx.within(step);
          QuarantineRecord now = ledger.quarantine().settle(tx, number, record, ended.state());
          leaf(tx, actor, record, what + " of " + number + ": " + ended.text());
          return new Result.Done<>(new Decision.Decided(now, ended.text(), true));
        });
  }

  private @org.jspecify.annotations.Nullable Problem held(Transaction tx, QuarantineRecord record) {
    for (MessageId id : Quarantining.messages(record)) {
      if (ledger.retention().held(tx, id) != null) {
        return new Problem(
            Code.ON_LEGAL_HOLD,
            "number",
            "a legal hold keeps message " + id + "; a client with the scope retention releases it");
      }
    }
    return null;
  }

  /**
   * Records a failed retry with its reason; the entry keeps waiting, unless another call has
   * decided it meanwhile.
   */
  private Result<Decision> failedAgain(AuditActor actor, long number, Throwable failure) {
    if (ProcessingFailure.isOfTheMachine(failure)) {
      throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
    ProcessingFailure mishap = ProcessingFailure.of(failure);
    LOG.warn("retry of quarantined message {} failed: {}", number, mishap.what());
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          QuarantineRecord record = ledger.quarantine().read(tx, number);
          if (record == null || !isWaiting(record)) {
            return record == null ? notFound(number) : decided(record);
          }
          QuarantineRecord next = setting.failedAgain(number, record, mishap, tx.nowMillis());
          ledger.quarantine().update(tx, number, next);
          leaf(tx, actor, record, "retry of " + number + " failed: " + mishap.what());
          return new Result.Done<>(new Decision.FailedAgain(next, mishap.what()));
        });
  }

  private static void leaf(
      Transaction tx, AuditActor actor, QuarantineRecord record, String detail) {
    tx.audit(
        AuditRecord.of(
                AuditType.OPERATOR_ACTION,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                actor,
                Quarantining.subject(record))
            .saying(detail.length() > 500 ? detail.substring(0, 500) : detail));
  }

  /** Settles entries not decided in time, and removes old decisions; returns how many. */
  public int expire() {
    long now = ending.millis();
    List<QuarantineTable.Entry> due = new ArrayList<>();
    long after = 0;
    List<QuarantineTable.Entry> page;
    do {
      page = ledger.quarantine().waiting(after, AT_ONCE);
      for (QuarantineTable.Entry entry : page) {
        after = entry.number();
        if (entry.record().getUntilMs() <= now) {
          due.add(entry);
        }
      }
    } while (page.size() == AT_ONCE);
    int ended = 0;
    for (QuarantineTable.Entry entry : due) {
      ended += end(entry) ? 1 : 0;
    }
    endless.retainAll(due.stream().map(QuarantineTable.Entry::number).toList());
    List<QuarantineTable.Entry> oldest = ledger.quarantine().decided(0, 1);
    if (!oldest.isEmpty()
        && oldest.get(0).record().getDecidedAtMs() < now - REMEMBERED.toMillis()) {
      ledger.commit(
          Lane.ROUTINE, tx -> ledger.quarantine().prune(tx, now - REMEMBERED.toMillis(), AT_ONCE));
    }
    return ended;
  }

  /** Whether an entry could be settled; one that could not keeps waiting, and no other does. */
  private boolean end(QuarantineTable.Entry entry) {
    try {
      end(
          AuditActor.gateway(self),
          entry.number(),
          "end",
          tx -> stage(entry.record()).discard(tx, entry.record(), true));
      return true;
    } catch (RuntimeException e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      if (endless.add(entry.number())) {
        LOG.error("quarantined message {} cannot be ended and keeps waiting", entry.number(), e);
      }
      return false;
    }
  }

  private QuarantineStage stage(QuarantineRecord record) {
    return switch (record.getStep()) {
      case QUARANTINE_STEP_RECEIVING -> stages.receiving();
      case QUARANTINE_STEP_DELIVERING -> stages.delivering();
      case QUARANTINE_STEP_SENDING -> stages.sending();
      case QUARANTINE_STEP_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException("quarantined at a step unknown to this release");
    };
  }

  private static boolean isWaiting(QuarantineRecord record) {
    return record.getState() == QuarantineState.QUARANTINE_STATE_WAITING;
  }

  private static Result<Decision> decided(QuarantineRecord record) {
    String state = record.getState().name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    return new Result.Done<>(new Decision.Decided(record, "it was already " + state, false));
  }

  private static Result<Decision> notFound(long number) {
    return new Result.Refused<>(
        new Problem(Code.NOT_FOUND, "number", "the quarantine has no entry with number " + number));
  }
}
