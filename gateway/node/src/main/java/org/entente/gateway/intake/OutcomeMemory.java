package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.IdempotencyTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.store.v1.IdempotencyRecord;
import org.entente.proto.v1.Outcome;

/**
 * Stored outcomes by client and idempotency key, sealed at rest, so that a retry gets the first
 * outcome.
 */
public final class OutcomeMemory {
  /** How long an outcome is remembered. */
  static final Duration REMEMBERED = Duration.ofHours(24);

  private final IdempotencyTable book;
  private final RecordSeal atRest;

  OutcomeMemory(IdempotencyTable book, RecordSeal atRest) {
    this.book = book;
    this.atRest = atRest;
  }

  /**
   * The outcome stored under a key; invalid if the key was used for another draft; empty if there
   * is none or it has expired.
   */
  Optional<Outcome> read(OutcomeKey key, long nowMillis) {
    IdempotencyRecord known = book.read(key.client(), key.key());
    if (known == null || known.getAtMs() <= nowMillis - REMEMBERED.toMillis()) {
      return Optional.empty();
    }
    if (!Arrays.equals(known.getDraftHash().toByteArray(), key.hash())) {
      return Optional.of(OutcomeMapper.invalid(key.key(), reused()));
    }
    return Optional.of(
        atRest
            .open(book.place(key.client(), key.key()), known.getSealedOutcome().toByteArray())
            .map(OutcomeMemory::parse)
            .orElseGet(() -> OutcomeMapper.invalid(key.key(), reused())));
  }

  /** Stores an outcome; replaces the previous one. */
  public void write(Transaction tx, OutcomeKey key, Outcome outcome) {
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(REMEMBERED);
    RecordPlace place = book.place(key.client(), key.key());
    byte[] sealed = atRest.seal(place, outcome.toByteArray(), until);
    book.write(
        tx,
        key.client(),
        key.key(),
        IdempotencyRecord.newBuilder()
            .setDraftHash(ByteString.copyFrom(key.hash()))
            .setSealedOutcome(ByteString.copyFrom(sealed))
            .setAtMs(tx.nowMillis())
            .build());
  }

  static Problem reused() {
    return new Problem(
        Code.IDEMPOTENCY_KEY_REUSED,
        "idempotency_key",
        "this key was used for another draft in the last 24 hours; use a new one");
  }

  private static Outcome parse(byte[] bytes) {
    try {
      return Outcome.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an outcome at rest cannot be read", e);
    }
  }
}
