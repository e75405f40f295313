package org.entente.gateway.transmit;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.record.ProcessingFailures;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantineStep;

/**
 * Quarantined outbox entries whose sending failed repeatedly. They keep number and content. A retry
 * queues them like all waiting mail; if that fails too, they are quarantined again. Safe for many
 * threads.
 */
public final class UnsendableEntries implements QuarantineStage {
  private final Ledger ledger;
  private final DeliverySettlement settlement;
  private final Quarantining setting;
  private final Meters meters;
  private final ProcessingFailures<OwedNumber> mishaps = new ProcessingFailures<>("sending");

  private record OwedNumber(AgencyName recipient, OriginNumber number) {}

  /** Creates the quarantine of a ledger's outbox. */
  public UnsendableEntries(
      Ledger ledger, DeliverySettlement settlement, Quarantining setting, Meters meters) {
    this.ledger = ledger;
    this.settlement = settlement;
    this.setting = setting;
    this.meters = meters;
  }

  /** Counts a failure to send; returns the failure if the entry must be quarantined. */
  Optional<ProcessingFailure> failed(AgencyName recipient, OriginNumber number, Throwable failure) {
    OwedNumber owed = new OwedNumber(recipient, number);
    meters.mishap(Meters.Step.SENDING);
    mishaps.happened(owed, failure);
    Optional<ProcessingFailure> over = mishaps.over(owed);
    over.ifPresent(mishap -> mishaps.forget(owed));
    return over;
  }

  /**
   * Quarantines a number, if it is still owed; without room, it waits and is tried again after a
   * pause.
   */
  void put(Transaction tx, AgencyName recipient, OriginNumber number, ProcessingFailure mishap) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry == null || entry.getState() == OutboxState.OUTBOX_STATE_VOID) {
      return;
    }
    QuarantineRecord.Builder aside =
        QuarantineRecord.newBuilder()
            .setStep(QuarantineStep.QUARANTINE_STEP_SENDING)
            .setUntilMs(entry.getExpiresAtMs())
            .setAgency(recipient.value())
            .setLane(number.lane().number())
            .setEpoch(number.epoch())
            .setSequence(number.sequence())
            .setHeaderHash(entry.getHeaderHash());
    settlement
        .messages(tx, entry.getHeaderHash().toByteArray())
        .forEach(id -> aside.addMessageIds(ByteString.copyFrom(id.bytes())));
    if (!setting.put(tx, mishap, aside, new byte[0])) {
      settlement.park(tx, recipient, number);
      return;
    }
    ledger
        .outbox()
        .update(
            tx,
            recipient,
            number,
            entry.toBuilder().setState(OutboxState.OUTBOX_STATE_QUARANTINED).build());
  }

  @Override
  public Mutation<DecisionResult> retry(QuarantineRecord record, byte[] content) {
    return tx -> {
      if (!waits(tx, record)) {
        return gone();
      }
      settlement.resume(tx, recipient(record), number(record));
      return new DecisionResult(QuarantineState.QUARANTINE_STATE_RELEASED, "it is queued again");
    };
  }

  @Override
  public DecisionResult discard(Transaction tx, QuarantineRecord record, boolean expired) {
    if (!waits(tx, record)) {
      return gone();
    }
    settlement.withdraw(
        tx,
        recipient(record),
        number(record),
        expired ? Code.EXPIRED : Code.DISCARDED,
        "this gateway could not send it");
    return expired
        ? new DecisionResult(
            QuarantineState.QUARANTINE_STATE_EXPIRED, "no decision in time; withdrawn")
        : new DecisionResult(
            QuarantineState.QUARANTINE_STATE_DISCARDED,
            isAsked(tx, record)
                ? "given up; the recipient is asked first, as this ledger was restored: the"
                    + " publisher's evidence will say whether it holds it"
                : "withdrawn; the publisher's evidence says so");
  }

  /** Whether the recipient may have confirmed it to a lost ledger. */
  private boolean isAsked(Transaction tx, QuarantineRecord record) {
    OutboxEntry left = ledger.outbox().read(tx, recipient(record), number(record));
    return left != null && left.getUndecided();
  }

  private boolean waits(Transaction tx, QuarantineRecord record) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient(record), number(record));
    return entry != null && entry.getState() == OutboxState.OUTBOX_STATE_QUARANTINED;
  }

  private static DecisionResult gone() {
    return new DecisionResult(
        QuarantineState.QUARANTINE_STATE_GONE,
        "it is no longer owed: it was withdrawn, or the recipient holds it");
  }

  private static AgencyName recipient(QuarantineRecord record) {
    return new AgencyName(record.getAgency());
  }

  private static OriginNumber number(QuarantineRecord record) {
    return new OriginNumber(record.getEpoch(), Lane.of(record.getLane()), record.getSequence());
  }
}
