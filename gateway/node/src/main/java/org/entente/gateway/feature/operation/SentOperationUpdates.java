package org.entente.gateway.feature.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.store.v1.OwnOperationUpdate;
import org.entente.proto.v1.Kind;

/**
 * This agency's own updates of joint operations: the only content of its own that is stored, sealed
 * at rest, so that it is shown among the updates of others. It is kept for the shortest retention
 * of any recipient, and until it is recalled.
 */
public final class SentOperationUpdates {
  private final OperationTable book;
  private final RecordSeal atRest;

  SentOperationUpdates(OperationTable book, RecordSeal atRest) {
    this.book = book;
    this.atRest = atRest;
  }

  /** Stores a message's update of an operation, if it has one. */
  void keep(Transaction tx, List<Permitted> parts) {
    Permitted first = parts.get(0);
    if (first.label().getKind() != Kind.KIND_OPERATION) {
      return;
    }
    int days = parts.stream().mapToInt(Permitted::retentionDays).min().orElseThrow();
    OwnOperationUpdate own =
        OwnOperationUpdate.newBuilder()
            .setLabel(first.writtenLabel().toByteString())
            .setBody(first.writtenBody().toByteString())
            .build();
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(Duration.ofDays(days));
    OperationId operation = OperationId.of(first.label().getOperationId().toByteArray());
    boolean standing = Situation.isStatedBy(first.writtenBody().getOperationUpdate());
    RecordPlace place = OperationTable.saidPlace(operation, first.messageId(), standing);
    byte[] sealed = atRest.seal(place, own.toByteArray(), until);
    book.said(tx, operation, first.messageId(), standing, sealed);
  }

  /** What was kept; empty once its time is over. */
  public static Optional<OwnOperationUpdate> open(RecordSeal atRest, SealedRecord sealed) {
    return atRest
        .open(sealed)
        .map(
            bytes -> {
              return CorruptRecord.parse(OwnOperationUpdate.parser(), bytes, "OPERATION");
            });
  }
}
