package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * The places of idempotency keys that have left memory, in runs.
 *
 * <pre>
 * IDEMPOTENCY u8 2 · u64 run · u8  → of the tokens in this run that begin with the last byte: for
 *                                    each, its first 8 bytes · u64 place
 * IDEMPOTENCY u8 3 · u64 run       → u64 its last record · u64 when its latest one was written
 * </pre>
 *
 * <p>{@link IdempotencyRunFilters} spare new keys from reading runs. Before the filters are full,
 * the oldest run moves to {@link OlderIdempotencyKeys}, some of its pages in each commit: a key is
 * in one of both at any time, also after a crash. A run or day goes with its last record.
 *
 * <p>One thread adds, moves and removes; many may look.
 */
final class IdempotencyRuns {
  private static final int PAGE = 2;
  private static final int HEAD = 3;
  private static final long[] NONE = {};

  private final Store store;
  private final IdempotencyRunFilters filters;
  private final OlderIdempotencyKeys older;
  private final int moved;
  private final TreeMap<Long, IdempotencyRunEnd> runs = new TreeMap<>();

  /**
   * The runs of a store.
   *
   * @param moved keys that move from the oldest run in one commit, at least
   */
  IdempotencyRuns(Store store, IdempotencyRunFilters filters, int moved) {
    this.store = store;
    this.filters = filters;
    this.older = new OlderIdempotencyKeys(store);
    this.moved = moved;
    byte[] heads = KeyBuilder.key().u8(HEAD).done();
    try (Scan scan = store.scan(Table.IDEMPOTENCY, heads, KeyBuilder.endOf(heads))) {
      while (scan.hasNext()) {
        scan.next();
        runs.put(BigEndian.u64(scan.key(), 1), IdempotencyRunEnd.of(KeyReader.of(scan.value())));
      }
    }
    runs.keySet().forEach(this::readFilter);
  }

  private void readFilter(long run) {
    byte[] pages = pagesKey(run);
    try (Scan scan = store.scan(Table.IDEMPOTENCY, pages, KeyBuilder.endOf(pages))) {
      while (scan.hasNext()) {
        scan.next();
        each(scan.value(), (start, place) -> filters.add(run, start));
      }
    }
  }

  private static void each(byte[] page, RecentIdempotencyKeys.KeyVisitor visitor) {
    for (int at = 0; at < page.length; at += 2 * Long.BYTES) {
      visitor.visit(BigEndian.u64(page, at), BigEndian.u64(page, at + Long.BYTES));
    }
  }

  /** The runs that may hold a token which begins so, the newest first. */
  synchronized List<Long> mayHold(long start) {
    List<Long> out = new ArrayList<>();
    long group = -1;
    long found = 0;
    for (long run : runs.descendingKeySet()) {
      if (filters.group(run) != group) {
        group = filters.group(run);
        found = filters.mayHold(group, start);
      }
      if ((found & filters.bit(run)) != 0) {
        out.add(run);
      }
    }
    return out;
  }

  /** The places in a run of tokens that begin so, in rising order. */
  long[] places(long run, long start) {
    byte[] page = store.get(Table.IDEMPOTENCY, pageKey(run, page(start)));
    long[] found = NONE;
    for (int at = 0; page != null && at < page.length; at += 2 * Long.BYTES) {
      if (BigEndian.u64(page, at) == start) {
        found = Arrays.copyOf(found, found.length + 1);
        found[found.length - 1] = BigEndian.u64(page, at + Long.BYTES);
      }
    }
    Arrays.sort(found);
    return found;
  }

  /**
   * Where the keys of earlier runs are. Read it after the runs: it holds what has left one of them
   * since {@link #mayHold}.
   */
  OlderIdempotencyKeys older() {
    return older;
  }

  /** The number of the next run. */
  synchronized long next() {
    return runs.isEmpty() ? 0 : runs.lastKey() + 1;
  }

  /** Adds a token to the filter of the next run. */
  void filter(long run, long start) {
    filters.add(run, start);
  }

  /** Stores the next run, whose tokens are in the filters. */
  void write(Transaction tx, long run, IdempotencyRunEnd end, RecentIdempotencyKeys tokens) {
    Map<Integer, KeyBuilder> pages = new HashMap<>();
    tokens.each(
        (start, place) ->
            pages.computeIfAbsent(page(start), p -> KeyBuilder.key()).u64(start).u64(place));
    pages.forEach((page, places) -> tx.put(Table.IDEMPOTENCY, pageKey(run, page), places.done()));
    tx.put(Table.IDEMPOTENCY, headKey(run), end.added(KeyBuilder.key()).done());
    tx.afterCommit(() -> stored(run, end));
  }

  private synchronized void stored(long run, IdempotencyRunEnd end) {
    runs.put(run, end);
  }

  /**
   * Moves the next keys of the oldest run, so that the filters have room for another run; null if
   * they have.
   */
  @Nullable Mutation<Integer> move() {
    Map.Entry<Long, IdempotencyRunEnd> oldest;
    synchronized (this) {
      oldest = runs.size() > filters.runs() ? runs.firstEntry() : null;
    }
    return oldest == null ? null : move(oldest.getKey(), oldest.getValue());
  }

  private Mutation<Integer> move(long run, IdempotencyRunEnd end) {
    long day = older.dayOf(run, end);
    Map<Long, byte[]> records = new HashMap<>();
    List<byte[]> left = new ArrayList<>();
    byte[] pages = pagesKey(run);
    boolean last;
    try (Scan scan = store.scan(Table.IDEMPOTENCY, pages, KeyBuilder.endOf(pages))) {
      while (records.size() < moved && scan.hasNext()) {
        scan.next();
        left.add(scan.key());
        each(scan.value(), (start, place) -> older.add(day, records, start, place));
      }
      last = !scan.hasNext();
    }
    return tx -> {
      older.write(tx, day, end, records);
      left.forEach(page -> tx.delete(Table.IDEMPOTENCY, page));
      if (last) {
        tx.delete(Table.IDEMPOTENCY, headKey(run));
        tx.afterCommit(() -> forget(List.of(run)));
      }
      return records.size();
    };
  }

  private synchronized void forget(List<Long> some) {
    some.forEach(runs::remove);
    filters.forgetBefore(runs.isEmpty() ? Long.MAX_VALUE : filters.group(runs.firstKey()));
  }

  /** The ends of days and then of runs, the oldest first: each has all records up to there. */
  synchronized List<IdempotencyRunEnd> ends() {
    List<IdempotencyRunEnd> ends = new ArrayList<>(older.ends());
    ends.addAll(runs.values());
    return ends;
  }

  /** Removes the days and runs that end with a record or before it. */
  void remove(Transaction tx, long lastRecord) {
    older.remove(tx, lastRecord);
    List<Long> ended = new ArrayList<>();
    synchronized (this) {
      runs.forEach(
          (run, end) -> {
            if (end.lastRecord() <= lastRecord) {
              ended.add(run);
            }
          });
    }
    if (ended.isEmpty()) {
      return;
    }
    long first = ended.get(0);
    long next = ended.get(ended.size() - 1) + 1;
    tx.deleteRange(Table.IDEMPOTENCY, pagesKey(first), pagesKey(next));
    tx.deleteRange(Table.IDEMPOTENCY, headKey(first), headKey(next));
    tx.afterCommit(() -> forget(ended));
  }

  private static int page(long start) {
    return (int) (start >>> (Long.SIZE - Byte.SIZE));
  }

  private static byte[] pagesKey(long run) {
    return KeyBuilder.key().u8(PAGE).u64(run).done();
  }

  private static byte[] pageKey(long run, int page) {
    return KeyBuilder.key().u8(PAGE).u64(run).u8(page).done();
  }

  private static byte[] headKey(long run) {
    return KeyBuilder.key().u8(HEAD).u64(run).done();
  }
}
