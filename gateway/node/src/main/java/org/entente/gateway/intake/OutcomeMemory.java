package org.entente.gateway.intake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.IdempotencyTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishStreamResponse;

/**
 * Stored outcomes by client and idempotency key, sealed at rest, so that a retry gets the first
 * outcome.
 */
public final class OutcomeMemory {
  /** How long an outcome is remembered. */
  static final Duration REMEMBERED = Duration.ofHours(24);

  private final IdempotencyTable book;
  private final RecordSeal atRest;
  private final InstantSource ending;

  OutcomeMemory(IdempotencyTable book, RecordSeal atRest, InstantSource ending) {
    this.book = book;
    this.atRest = atRest;
    this.ending = ending;
  }

  /**
   * The outcome stored under a key; invalid if the key was used for another draft; empty if there
   * is none or it has expired.
   */
  Optional<Outcome> read(OutcomeKey key) {
    IdempotencyTable.StoredOutcome known = book.find(key.client(), key.key());
    if (known == null || known.atMillis() <= ending.millis() - REMEMBERED.toMillis()) {
      return Optional.empty();
    }
    if (!Arrays.equals(known.draftHash(), key.hash())) {
      return Optional.of(OutcomeMapper.invalid(key.key(), reused()));
    }
    return Optional.of(
        atRest
            .open(known.sealedOutcomes())
            .map(bytes -> parse(bytes).getOutcomes(known.index()))
            .orElseGet(() -> OutcomeMapper.invalid(key.key(), reused())));
  }

  /** Stores an outcome; replaces the previous one. */
  public void write(Transaction tx, OutcomeKey key, Outcome outcome) {
    write(tx, List.of(key), List.of(outcome));
  }

  /** Stores the outcomes of a commit, each under its key, in as few records as there can be. */
  void write(Transaction tx, List<OutcomeKey> keys, List<Outcome> outcomes) {
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(REMEMBERED);
    for (int from = 0; from < keys.size(); from += IdempotencyTable.TOGETHER) {
      int to = Math.min(keys.size(), from + IdempotencyTable.TOGETHER);
      PublishStreamResponse together =
          PublishStreamResponse.newBuilder().addAllOutcomes(outcomes.subList(from, to)).build();
      List<IdempotencyTable.UsedKey> used =
          keys.subList(from, to).stream()
              .map(key -> new IdempotencyTable.UsedKey(key.client(), key.key(), key.hash()))
              .toList();
      book.write(tx, used, place -> atRest.seal(place, together.toByteArray(), until));
    }
  }

  static Problem reused() {
    return new Problem(
        Code.IDEMPOTENCY_KEY_REUSED,
        "idempotency_key",
        "this key was used for another draft in the last 24 hours; use a new one");
  }

  private static PublishStreamResponse parse(byte[] bytes) {
    return CorruptRecord.parse(PublishStreamResponse.parser(), bytes, "IDEMPOTENCY");
  }
}
