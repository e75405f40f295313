package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.ScoreRecord;
import org.entente.proto.store.v1.ScoreSeries;
import org.entente.proto.store.v1.ScoredRecord;
import org.jspecify.annotations.Nullable;

/**
 * Clients' scores of received messages. Scores are numbered from 1 over all messages; the latest of
 * each client and model is in a separate index, so that listing does not read replaced ones.
 *
 * <pre>
 * META  "score"                   → u64 greatest number
 * SCORE u8 1 · 16-byte message id → ScoredRecord
 * SCORE u8 2 · u64 number         → ScoreRecord
 * SCORE u8 3 · u64 number         → empty: the latest of its client and model
 * </pre>
 */
public final class ScoreTable {
  private static final byte[] NUMBER = KeyBuilder.key().ascii("score").done();
  private static final int MESSAGE = 1;
  private static final int RECORD = 2;
  private static final int LATEST = 3;
  private static final byte[] NOTHING = new byte[0];

  private final Store store;

  public ScoreTable(Store store) {
    this.store = store;
  }

  /** The number for the next score. */
  public long nextNumber(Transaction tx) {
    byte[] last = tx.get(Table.META, NUMBER);
    long number = (last == null ? 0 : BigEndian.u64(last, 0)) + 1;
    tx.put(Table.META, NUMBER, KeyBuilder.key().u64(number).done());
    return number;
  }

  /** Greatest committed number; 0 at first. */
  public long last() {
    byte[] last = store.get(Table.META, NUMBER);
    return last == null ? 0 : BigEndian.u64(last, 0);
  }

  /** The scores of a message, as the transaction sees them. */
  public ScoredRecord of(Transaction tx, MessageId id) {
    return scored(tx.get(Table.SCORE, key(id)));
  }

  /** The same as committed. */
  public ScoredRecord of(MessageId id) {
    return scored(store.get(Table.SCORE, key(id)));
  }

  /** Those of one client and model; the default instance if there are none. */
  public static ScoreSeries series(ScoredRecord scored, ByteString tag) {
    return scored.getSeriesList().stream()
        .filter(it -> it.getTag().equals(tag))
        .findFirst()
        .orElse(ScoreSeries.getDefaultInstance());
  }

  /** The number of the latest of a series that is not empty. */
  public static long latest(ScoreSeries series) {
    return series.getNumbers(series.getNumbersCount() - 1);
  }

  /**
   * Adds a score to its series as the latest; removes the oldest if the series exceeds {@code
   * most}.
   */
  public void add(
      Transaction tx, MessageId id, ScoreSeries before, long number, ScoreRecord record, int most) {
    List<Long> numbers = new ArrayList<>(before.getNumbersList());
    if (!numbers.isEmpty()) {
      tx.delete(Table.SCORE, key(LATEST, latest(before)));
    }
    numbers.add(number);
    while (numbers.size() > most) {
      tx.delete(Table.SCORE, key(RECORD, numbers.remove(0)));
    }
    ScoreSeries now =
        before.toBuilder()
            .clearNumbers()
            .addAllNumbers(numbers)
            .setMade(before.getMade() + 1)
            .build();
    tx.put(Table.SCORE, key(RECORD, number), record.toByteArray());
    tx.put(Table.SCORE, key(LATEST, number), NOTHING);
    tx.put(Table.SCORE, key(id), with(of(tx, id), now).toByteArray());
  }

  private static ScoredRecord with(ScoredRecord scored, ScoreSeries now) {
    ScoredRecord.Builder out = scored.toBuilder();
    for (int i = 0; i < out.getSeriesCount(); i++) {
      ScoreSeries one = out.getSeries(i);
      if (one.getTag().equals(now.getTag())) {
        return out.setSeries(i, now).build();
      }
    }
    return out.addSeries(now).build();
  }

  /** Removes all scores of a message that is being removed; returns how many. */
  public int remove(Transaction tx, MessageId id) {
    int gone = 0;
    for (ScoreSeries series : of(tx, id).getSeriesList()) {
      tx.delete(Table.SCORE, key(LATEST, latest(series)));
      for (long number : series.getNumbersList()) {
        tx.delete(Table.SCORE, key(RECORD, number));
        gone++;
      }
    }
    if (gone > 0) {
      tx.delete(Table.SCORE, key(id));
    }
    return gone;
  }

  /** A score as the transaction sees it, or null. */
  public @Nullable ScoreRecord read(Transaction tx, long number) {
    return record(tx.get(Table.SCORE, key(RECORD, number)));
  }

  /** A committed score, or null. */
  public @Nullable ScoreRecord read(long number) {
    return record(store.get(Table.SCORE, key(RECORD, number)));
  }

  /** Numbers of committed latest scores after one, rising, at most {@code most}. */
  public List<Long> after(long number, int most) {
    List<Long> out = new ArrayList<>();
    try (Scan scan =
        store.scan(Table.SCORE, key(LATEST, number + 1), new byte[] {(byte) (LATEST + 1)})) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(BigEndian.u64(scan.key(), 1));
      }
    }
    return out;
  }

  /** The number of the last committed latest score before one; 0 if there is none. */
  public long before(long number) {
    KeyValue last = store.last(Table.SCORE, key(LATEST, 0), key(LATEST, number));
    return last == null ? 0 : BigEndian.u64(last.key(), 1);
  }

  private static ScoredRecord scored(byte @Nullable [] value) {
    try {
      return value == null ? ScoredRecord.getDefaultInstance() : ScoredRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("SCORE", e);
    }
  }

  private static @Nullable ScoreRecord record(byte @Nullable [] value) {
    try {
      return value == null ? null : ScoreRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("SCORE", e);
    }
  }

  private static byte[] key(MessageId id) {
    return KeyBuilder.key().u8(MESSAGE).bytes(id.bytes()).done();
  }

  private static byte[] key(int space, long number) {
    return KeyBuilder.key().u8(space).u64(number).done();
  }
}
