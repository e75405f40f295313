package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * The places of keys from runs for which {@link IdempotencyRunFilters} have no room: a record for
 * each key, so that one read tells whether a key is among any number of them. RocksDB's own filters
 * answer nearly all such reads. Keys of runs from within 24 hours are a day, which one deletion of
 * a range removes. Two days can be remembered at a time, so a look-up costs at most two reads.
 *
 * <pre>
 * IDEMPOTENCY_PLACE u8 1 · u64 day                            → u64 time · u64 last record · u64
 *                                                               time: those of its first run, and
 *                                                               of its last
 * IDEMPOTENCY_PLACE u8 2 · u64 day · first 8 bytes of a token → u64 places, in any order
 *
 * day: the number of its first run
 * </pre>
 *
 * <p>One thread adds and removes; many may look.
 */
final class OlderIdempotencyKeys {
  /** The time of a day's runs; as long as outcomes are remembered. */
  private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;

  private static final int DAY = 1;
  private static final int PLACES = 2;

  private final Store store;
  private final TreeMap<Long, Day> days = new TreeMap<>();

  private record Day(long firstMillis, IdempotencyRunEnd end) {}

  /** What a store holds. */
  OlderIdempotencyKeys(Store store) {
    this.store = store;
    byte[] all = KeyBuilder.key().u8(DAY).done();
    try (Scan scan = store.scan(Table.IDEMPOTENCY_PLACE, all, KeyBuilder.endOf(all))) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader value = KeyReader.of(scan.value());
        days.put(BigEndian.u64(scan.key(), 1), new Day(value.u64(), IdempotencyRunEnd.of(value)));
      }
    }
  }

  /** The days in which a key may be, the newest first. */
  synchronized List<Long> days() {
    return List.copyOf(days.descendingKeySet());
  }

  /** The ends of their last runs, the oldest first. */
  synchronized List<IdempotencyRunEnd> ends() {
    return days.values().stream().map(Day::end).toList();
  }

  /** The places in a day of tokens that begin so, in rising order. */
  long[] places(long day, long start) {
    byte[] stored = stored(day, start);
    long[] places = new long[stored.length / Long.BYTES];
    for (int i = 0; i < places.length; i++) {
      places[i] = BigEndian.u64(stored, i * Long.BYTES);
    }
    Arrays.sort(places);
    return places;
  }

  private byte[] stored(long day, long start) {
    byte[] stored = store.get(Table.IDEMPOTENCY_PLACE, placesKey(day, start));
    return stored == null ? new byte[0] : stored;
  }

  /**
   * The day for the keys of a run, the newest one or a new one. Look-ups read it from now on, since
   * they must find there what they no longer find in the run.
   */
  synchronized long dayOf(long run, IdempotencyRunEnd end) {
    Map.Entry<Long, Day> newest = days.lastEntry();
    // A run from long before the day's first one is of a clock that was set back.
    if (newest == null
        || Math.abs(end.lastMillis() - newest.getValue().firstMillis()) >= DAY_MILLIS) {
      days.put(run, new Day(end.lastMillis(), end));
      return run;
    }
    days.put(newest.getKey(), new Day(newest.getValue().firstMillis(), end));
    return newest.getKey();
  }

  /** Adds a place to the records for {@link #write}, with those that are stored. */
  void add(long day, Map<Long, byte[]> records, long start, long place) {
    byte[] places = records.get(start);
    places = places == null ? stored(day, start) : places;
    records.put(start, KeyBuilder.key(places.length + Long.BYTES).bytes(places).u64(place).done());
  }

  /** Stores records of the day of a run, by the beginnings of their tokens. */
  void write(Transaction tx, long day, IdempotencyRunEnd end, Map<Long, byte[]> records) {
    KeyBuilder value = end.added(KeyBuilder.key().u64(firstMillis(day)));
    tx.put(Table.IDEMPOTENCY_PLACE, dayKey(day), value.done());
    records.forEach(
        (start, places) -> tx.put(Table.IDEMPOTENCY_PLACE, placesKey(day, start), places));
  }

  private synchronized long firstMillis(long day) {
    Day known = days.get(day);
    if (known == null) {
      throw new IllegalStateException("no day " + day);
    }
    return known.firstMillis();
  }

  /** Removes the days that end with a record or before it. */
  void remove(Transaction tx, long lastRecord) {
    List<Long> ended = new ArrayList<>();
    synchronized (this) {
      days.forEach(
          (day, known) -> {
            if (known.end().lastRecord() <= lastRecord) {
              ended.add(day);
            }
          });
    }
    if (ended.isEmpty()) {
      return;
    }
    long first = ended.get(0);
    long next = ended.get(ended.size() - 1) + 1;
    tx.deleteRange(Table.IDEMPOTENCY_PLACE, placesKey(first, 0), placesKey(next, 0));
    tx.deleteRange(Table.IDEMPOTENCY_PLACE, dayKey(first), dayKey(next));
    tx.afterCommit(() -> removed(ended));
  }

  private synchronized void removed(List<Long> ended) {
    ended.forEach(days::remove);
  }

  private static byte[] dayKey(long day) {
    return KeyBuilder.key().u8(DAY).u64(day).done();
  }

  private static byte[] placesKey(long day, long start) {
    return KeyBuilder.key(1 + 2 * Long.BYTES).u8(PLACES).u64(day).u64(start).done();
  }
}
