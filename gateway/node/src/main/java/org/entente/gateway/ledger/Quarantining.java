package org.entente.gateway.ledger;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.record.ProcessingFailures;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;

/**
 * Puts messages that this gateway failed to process into quarantine, in the caller's transaction:
 * record, audit leaf and the caller's other changes are one commit. Safe for many threads.
 */
public final class Quarantining {
  private final AgencyName self;
  private final QuarantineTable book;
  private final RecordSeal atRest;
  private final Duration longest;
  private final Meters meters;

  /**
   * Creates a quarantine over a table.
   *
   * @param longest the longest time that an operator has to decide
   */
  public Quarantining(
      AgencyName self, QuarantineTable book, RecordSeal atRest, Duration longest, Meters meters) {
    this.self = self;
    this.book = book;
    this.atRest = atRest;
    this.longest = longest;
    this.meters = meters;
  }

  /** Until when a message quarantined now, with this end of retention, is kept. */
  public long until(long nowMillis, long endsAtMillis) {
    return Math.min(endsAtMillis, nowMillis + longest.toMillis());
  }

  /**
   * Quarantines a message; returns false, without a change, if there is no room.
   *
   * @param what the record without times, failure and state; {@code until_ms} is its end of
   *     retention
   * @param content further content needed for a retry, sealed; empty if it is stored elsewhere
   */
  public boolean put(
      Transaction tx, ProcessingFailure mishap, QuarantineRecord.Builder what, byte[] content) {
    long now = tx.nowMillis();
    long until = until(now, what.getUntilMs());
    QuarantineRecord record =
        what.setSinceMs(now)
            .setUntilMs(until)
            .setCode(mishap.code().name())
            .setSealedReason(sealed(book.next(tx), mishap, Math.max(now, until)))
            .setTries(ProcessingFailures.TRIES)
            .build();
    OptionalLong number = book.put(tx, record, content);
    if (number.isEmpty()) {
      tx.afterCommit(meters::quarantineFull);
      return false;
    }
    tx.audit(
        AuditRecord.of(
                AuditType.QUARANTINED,
                record.getStep() == QuarantineStep.QUARANTINE_STEP_RECEIVING
                    ? LawCategory.COLLECTION
                    : LawCategory.NONE,
                Instant.ofEpochMilli(now),
                AuditActor.gateway(self),
                subject(record))
            .refused(
                Code.QUARANTINED,
                "quarantined as number " + number.getAsLong() + ": " + mishap.what()));
    return true;
  }

  /** Adds the failure of a retry to the record of an entry that keeps waiting. */
  public QuarantineRecord failedAgain(
      long number, QuarantineRecord waiting, ProcessingFailure mishap, long nowMillis) {
    return waiting.toBuilder()
        .setTries(waiting.getTries() + 1)
        .setCode(mishap.code().name())
        .setSealedReason(sealed(number, mishap, Math.max(nowMillis, waiting.getUntilMs())))
        .build();
  }

  private ByteString sealed(long number, ProcessingFailure mishap, long untilMillis) {
    byte[] plain = mishap.what().getBytes(StandardCharsets.UTF_8);
    return ByteString.copyFrom(
        atRest.seal(QuarantineTable.reasonPlace(number), plain, Instant.ofEpochMilli(untilMillis)));
  }

  /** What failed; empty once its bucket's key is destroyed. */
  public String reason(long number, QuarantineRecord record) {
    return atRest
        .open(QuarantineTable.reasonPlace(number), record.getSealedReason().toByteArray())
        .map(plain -> new String(plain, StandardCharsets.UTF_8))
        .orElse("");
  }

  /** The audit subject of an entry. */
  public static AuditSubject subject(QuarantineRecord record) {
    AuditSubject subject =
        new AuditSubject(
            null,
            messages(record),
            record.getAgency().isEmpty() ? List.of() : List.of(new AgencyName(record.getAgency())),
            null);
    return record.getHeaderHash().isEmpty()
        ? subject
        : subject.headed(record.getHeaderHash().toByteArray());
  }

  /** The messages of an entry, as far as they could be read. */
  public static List<MessageId> messages(QuarantineRecord record) {
    List<MessageId> ids = new ArrayList<>();
    record.getMessageIdsList().forEach(id -> ids.add(MessageId.of(id.toByteArray())));
    return ids;
  }
}
