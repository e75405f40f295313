package org.entente.gateway.feature.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.feature.ipr.IprTable.Kind;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.IprRecord;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationState;
import org.jspecify.annotations.Nullable;

/**
 * Stored recordations and cases, sealed at rest under the bucket of the day until which they are
 * kept, some time after they end. A recordation is kept as long as its cases. Safe for use by
 * several threads.
 */
final class IprRecords {
  private final IprTable book;
  private final RecordSeal atRest;
  private final Duration keep;

  /**
   * The records of a ledger.
   *
   * @param keep how long a recordation or case is kept after it ends
   */
  IprRecords(IprTable book, RecordSeal atRest, Duration keep) {
    this.book = book;
    this.atRest = atRest;
    this.keep = keep;
  }

  IprTable book() {
    return book;
  }

  Duration keep() {
    return keep;
  }

  /** A committed recordation; empty if there is none or its key has been destroyed. */
  Optional<Recordation> recordation(MessageId id) {
    return recordation(id, book.read(Kind.RECORDATION, id));
  }

  /** A recordation as seen by a transaction. */
  Optional<Recordation> recordation(Transaction tx, MessageId id) {
    return recordation(id, book.read(tx, Kind.RECORDATION, id));
  }

  /** A recordation of a page. */
  Optional<Recordation> recordation(IprTable.Entry entry) {
    return recordation(entry.id(), entry.record());
  }

  private Optional<Recordation> recordation(MessageId id, @Nullable IprRecord record) {
    return open(Kind.RECORDATION, id, record)
        .map(
            bytes -> {
              try {
                return Recordation.parseFrom(bytes);
              } catch (InvalidProtocolBufferException e) {
                throw new CorruptRecord("IPR", e);
              }
            });
  }

  /** A case as seen by a transaction; empty if there is none or its key has been destroyed. */
  Optional<IprCase> theCase(Transaction tx, MessageId id) {
    return theCase(id, book.read(tx, Kind.CASE, id));
  }

  /** A case of a page. */
  Optional<IprCase> theCase(IprTable.Entry entry) {
    return theCase(entry.id(), entry.record());
  }

  private Optional<IprCase> theCase(MessageId id, @Nullable IprRecord record) {
    return open(Kind.CASE, id, record)
        .map(
            bytes -> {
              try {
                return IprCase.parseFrom(bytes);
              } catch (InvalidProtocolBufferException e) {
                throw new CorruptRecord("IPR", e);
              }
            });
  }

  private Optional<byte[]> open(Kind kind, MessageId id, @Nullable IprRecord record) {
    return record == null
        ? Optional.empty()
        : atRest.open(IprTable.place(kind, id), record.getSealed().toByteArray());
  }

  /** Stores a recordation for as long as it is needed, and no shorter than before. */
  void put(Transaction tx, Recordation recordation) {
    put(tx, recordation, Instant.EPOCH);
  }

  private void put(Transaction tx, Recordation recordation, Instant atLeast) {
    MessageId id = IprProtoMapper.id(recordation.getRecordationId());
    long end =
        recordation.getState() == RecordationState.RECORDATION_STATE_GRANTED
            ? Math.max(Timestamps.toMillis(recordation.getValidTo()), tx.nowMillis())
            : tx.nowMillis();
    IprRecord before = book.read(tx, Kind.RECORDATION, id);
    Instant until =
        latest(
            Instant.ofEpochMilli(end).plus(keep),
            atLeast,
            Instant.ofEpochMilli(before == null ? 0 : before.getKeepUntilMs()));
    book.put(
        tx,
        Kind.RECORDATION,
        id,
        record(Kind.RECORDATION, id, recordation.toByteArray(), until)
            .setOpen(recordation.getState() == RecordationState.RECORDATION_STATE_APPLICATION)
            .build());
  }

  /** Stores a case for as long as it is needed, together with its recordation. */
  void put(Transaction tx, IprCase kept) {
    CaseStatus stands = new CaseStatus(kept);
    long due = stands.due().map(CaseStatus.DueStep::byMillis).orElse(0L);
    Instant until = Instant.ofEpochMilli(Math.max(due, tx.nowMillis())).plus(keep);
    MessageId id = IprProtoMapper.id(kept.getCaseId());
    book.put(
        tx,
        Kind.CASE,
        id,
        record(Kind.CASE, id, kept.toByteArray(), until)
            .setOpen(!stands.isClosed())
            .setDueMs(due)
            .build());
    if (!kept.getRecordationId().isEmpty()) {
      keepRecordation(tx, IprProtoMapper.id(kept.getRecordationId()), until);
    }
  }

  private void keepRecordation(Transaction tx, MessageId id, Instant until) {
    IprRecord record = book.read(tx, Kind.RECORDATION, id);
    if (record != null && record.getKeepUntilMs() < until.toEpochMilli()) {
      recordation(id, record).ifPresent(recordation -> put(tx, recordation, until));
    }
  }

  private IprRecord.Builder record(Kind kind, MessageId id, byte[] bytes, Instant until) {
    return IprRecord.newBuilder()
        .setKeepUntilMs(until.toEpochMilli())
        .setSealed(ByteString.copyFrom(atRest.seal(IprTable.place(kind, id), bytes, until)));
  }

  private static Instant latest(Instant one, Instant two, Instant three) {
    Instant later = one.isAfter(two) ? one : two;
    return later.isAfter(three) ? later : three;
  }
}
