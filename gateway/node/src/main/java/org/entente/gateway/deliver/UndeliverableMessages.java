package org.entente.gateway.deliver;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.record.ProcessingFailures;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Received messages that this gateway fails to open. A quarantined one stays at its position, so
 * that recall, erasure and retention apply to it, and subscriptions skip it. Once it opens again it
 * moves to the tail, so that subscriptions get it, and search finds it; after its delivery
 * deadline, only search does. Safe for many threads.
 */
public final class UndeliverableMessages implements QuarantineStage {
  private final AgencyName self;
  private final Ledger ledger;
  private final InboxOpener opening;
  private final EvidenceRecords evidence;
  private final Quarantining setting;
  private final Meters meters;
  private final Runnable arrived;
  private final ProcessingFailures<Long> mishaps = new ProcessingFailures<>("delivering");

  /**
   * Creates the quarantine of a ledger's inbox.
   *
   * @param arrived told when a message opens again
   */
  public UndeliverableMessages(
      AgencyName self,
      Ledger ledger,
      InboxOpener opening,
      EvidenceRecords evidence,
      Quarantining setting,
      Meters meters,
      Runnable arrived) {
    this.self = self;
    this.ledger = ledger;
    this.opening = opening;
    this.evidence = evidence;
    this.setting = setting;
    this.meters = meters;
    this.arrived = arrived;
  }

  /** Whether the message at a position is quarantined. Quick. */
  boolean holds(long position) {
    return ledger.quarantine().holds(position);
  }

  /** What to do with a message that could not be opened. */
  enum NextAction {
    /** Try again: it has not failed often enough. */
    AGAIN,
    /** Skip it: it is quarantined. */
    PASS,
    /** Stop here: the machine failed. */
    STOP
  }

  /** Handles a failure to open a message. Waits for the disk if it quarantines it. */
  NextAction failed(InboxTable.PlacedRecord placed, Throwable failure) {
    meters.mishap(Meters.Step.DELIVERING);
    mishaps.happened(placed.position(), failure);
    if (ProcessingFailure.isOfTheMachine(failure)) {
      return NextAction.STOP;
    }
    Optional<ProcessingFailure> over = mishaps.over(placed.position());
    if (over.isEmpty()) {
      return NextAction.AGAIN;
    }
    mishaps.forget(placed.position());
    // A full quarantine has room for it: without, it would stop each subscriber that comes to it.
    boolean quarantined = ledger.commit(placed.lane(), tx -> put(tx, placed, over.get()));
    return quarantined ? NextAction.PASS : NextAction.STOP;
  }

  private boolean put(Transaction tx, InboxTable.PlacedRecord seen, ProcessingFailure mishap) {
    InboxTable.PlacedRecord placed = ledger.inbox().place(tx, seen.lane(), seen.position());
    if (placed == null || ledger.quarantine().holds(tx, seen.position())) {
      return true;
    }
    InboxRecord record = placed.record();
    QuarantineRecord.Builder aside =
        QuarantineRecord.newBuilder()
            .setStep(QuarantineStep.QUARANTINE_STEP_DELIVERING)
            .setLane(placed.lane().number())
            .setPosition(placed.position())
            .setUntilMs(placed.isDamaged() ? Long.MAX_VALUE : ends(record));
    if (!placed.isDamaged()) {
      aside
          .setAgency(record.getOrigin())
          .setHeaderHash(record.getHeaderHash())
          .addMessageIds(record.getMessageId());
    }
    return setting.put(tx, mishap, aside, new byte[0]);
  }

  /**
   * The end of the last day of its bucket. Until then a person can find and open it, delivered or
   * not, if it opens again.
   */
  private static long ends(InboxRecord record) {
    return LocalDate.ofEpochDay(record.getBucketDay() + 1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant()
        .toEpochMilli();
  }

  @Override
  public Mutation<DecisionResult> retry(QuarantineRecord record, byte[] content) {
    InboxTable.PlacedRecord placed = ledger.inbox().place(lane(record), record.getPosition());
    if (placed != null && opens(placed)) {
      return tx -> again(tx, record);
    }
    if (placed != null && opening.isDamaged(placed)) {
      throw new CorruptRecord("INBOX", null);
    }
    return tx -> gone();
  }

  private boolean opens(InboxTable.PlacedRecord placed) {
    return !placed.isDamaged() && opening.body(placed).isPresent();
  }

  private DecisionResult again(Transaction tx, QuarantineRecord record) {
    InboxTable.PlacedRecord placed = ledger.inbox().place(tx, lane(record), record.getPosition());
    if (placed == null) {
      return gone();
    }
    long position = ledger.inbox().moveToEnd(tx, placed);
    tx.afterCommit(arrived);
    boolean delivered = placed.record().getExpiresAtMs() > tx.nowMillis();
    return new DecisionResult(
        QuarantineState.QUARANTINE_STATE_RELEASED,
        delivered
            ? "it opens now; subscribers get it at position " + position
            : "it opens now, but its delivery deadline has passed; search and look-up by id find"
                + " it");
  }

  private static DecisionResult gone() {
    return new DecisionResult(
        QuarantineState.QUARANTINE_STATE_GONE,
        "it is no longer kept: it was erased or its retention ended");
  }

  @Override
  public DecisionResult discard(Transaction tx, QuarantineRecord record, boolean expired) {
    InboxTable.PlacedRecord placed = ledger.inbox().place(tx, lane(record), record.getPosition());
    if (placed == null) {
      return gone();
    }
    if (expired) {
      // It is in the inbox and ends there, like every message that was not retrieved.
      return new DecisionResult(
          QuarantineState.QUARANTINE_STATE_EXPIRED, "its retention ended before a decision");
    }
    ledger.inbox().remove(tx, placed);
    if (!placed.isDamaged()) {
      ledger.scores().remove(tx, MessageId.of(placed.record().getMessageId().toByteArray()));
    }
    boolean told = !placed.isDamaged() && tell(tx, placed);
    return new DecisionResult(
        QuarantineState.QUARANTINE_STATE_DISCARDED,
        told ? "discarded; its origin was told that it was not retrieved" : "discarded");
  }

  /**
   * Tells the origin, which already has evidence of delivery, that no client retrieved the message,
   * if so.
   */
  private boolean tell(Transaction tx, InboxTable.PlacedRecord placed) {
    InboxRecord record = placed.record();
    MessageId id = MessageId.of(record.getMessageId().toByteArray());
    if (evidence.retrievals().isRetrieved(tx, placed.retrieval())) {
      return false;
    }
    EvidenceItem item =
        evidence.item(
            EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL,
            id,
            self.value(),
            record.getHeaderHash().toByteArray(),
            tx.nowMillis());
    String reason = "the recipient's gateway could not open what it had stored";
    evidence.owe(
        tx,
        ledger.evidence(),
        new AgencyName(record.getOrigin()),
        evidence.failed(item, Code.DISCARDED, reason));
    return true;
  }

  private static Lane lane(QuarantineRecord record) {
    return Lane.of(record.getLane());
  }
}
