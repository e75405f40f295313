package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * First outcomes by client and idempotency key: one record for those of a commit.
 *
 * <pre>
 * IDEMPOTENCY u8 1 · u64 number    → u64 time · u8 count · for each: 16-byte token of client and
 *                                    key · 32-byte hash of the draft · sealed outcomes
 * IDEMPOTENCY u8 2 · u64 run · u8  → of the tokens in this run that begin with the last byte: for
 *                                    each, its first 8 bytes · u64 place
 * IDEMPOTENCY u8 3 · u64 run       → u64 its last record · u64 when that was written
 *
 * place: 64 × number of the record + index in it
 * </pre>
 *
 * <p>The places of recent tokens are in memory. {@link #RUN} of them become a run in the ledger,
 * which {@link RunFilters} spare new keys from reading. Eight bytes of a token only tell where to
 * look; the record has all of it. The last outcome under a key counts. Records are numbered in the
 * order of their commits, so that a day's end removes the first ones and whole runs.
 *
 * <p>{@link #fullRun} and what follows from it is called by one thread; all else is safe for many.
 */
public final class IdempotencyTable {
  /** Most outcomes in a record. */
  public static final int TOGETHER = 64;

  /** Tokens in a run, at least. */
  static final int RUN = 1 << 15;

  /** Size of the keyed hash of a draft. */
  private static final int HASH_BYTES = 32;

  private static final int ENTRY_BYTES = StoredNames.TOKEN_BYTES + HASH_BYTES;
  private static final int ENTRIES_AT = 9;
  private static final int RECORD = 1;
  private static final int PAGE = 2;
  private static final int HEAD = 3;
  private static final int PAGES = 1 << Byte.SIZE;

  private final Store store;
  private final StoredNames stored;
  private final RunFilters filters = new RunFilters();
  private final TreeMap<Long, RunHead> runs = new TreeMap<>();
  private RecentPlaces recent = new RecentPlaces();

  /** Those that become a run. */
  private @Nullable FullRun next;

  private long lastMillis;
  private long lastRecord;

  /** The first record possibly left; a scan from the beginning steps over every deleted one. */
  private long firstRecord = 1;

  /** Used by the writer only. */
  private long nextRecord;

  private record RunHead(long lastRecord, long lastMillis) {}

  /** The outcomes of a store. */
  public IdempotencyTable(Store store, StoredNames stored) {
    this.store = store;
    this.stored = stored;
    findRuns();
    findRecent();
    nextRecord = lastRecord + 1;
  }

  private void findRuns() {
    byte[] heads = KeyBuilder.key().u8(HEAD).done();
    try (Scan scan = store.scan(Table.IDEMPOTENCY, heads, KeyBuilder.endOf(heads))) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader value = KeyReader.of(scan.value());
        RunHead head = new RunHead(value.u64(), value.u64());
        runs.put(BigEndian.u64(scan.key(), 1), head);
        lastRecord = head.lastRecord();
        lastMillis = head.lastMillis();
      }
    }
    if (runs.isEmpty()) {
      return;
    }
    long newest = runs.lastKey() / RunFilters.TOGETHER;
    long from = Math.max(0, newest - RunFilters.GROUPS + 1) * RunFilters.TOGETHER;
    for (long run : runs.tailMap(from).keySet()) {
      byte[] pages = KeyBuilder.key().u8(PAGE).u64(run).done();
      try (Scan scan = store.scan(Table.IDEMPOTENCY, pages, KeyBuilder.endOf(pages))) {
        while (scan.hasNext()) {
          scan.next();
          byte[] page = scan.value();
          for (int at = 0; at < page.length; at += 2 * Long.BYTES) {
            filters.add(run, BigEndian.u64(page, at));
          }
        }
      }
    }
  }

  private void findRecent() {
    byte[] end = KeyBuilder.endOf(KeyBuilder.key().u8(RECORD).done());
    try (Scan scan = store.scan(Table.IDEMPOTENCY, recordKey(lastRecord + 1), end)) {
      while (scan.hasNext()) {
        scan.next();
        added(BigEndian.u64(scan.key(), 1), scan.value());
      }
    }
  }

  private synchronized void added(long number, byte[] value) {
    lastRecord = number;
    lastMillis = Math.max(lastMillis, BigEndian.u64(value, 0));
    for (int i = 0; i < count(value); i++) {
      recent.add(BigEndian.u64(value, ENTRIES_AT + ENTRY_BYTES * i), number * TOGETHER + i);
    }
  }

  private static int count(byte[] value) {
    return value[Long.BYTES] & 0xff;
  }

  /** A key of a client, and the keyed hash of the draft under it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record UsedKey(String client, String key, byte[] draftHash) {}

  /**
   * An outcome under a key.
   *
   * @param sealedOutcomes those of its record
   * @param index which of them it is
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record StoredOutcome(
      long atMillis, byte[] draftHash, SealedRecord sealedOutcomes, int index) {}

  /**
   * Stores outcomes as one record.
   *
   * @param keys at most {@link #TOGETHER}
   * @param sealed seals their outcomes, in this order, for a place
   */
  public void write(Transaction tx, List<UsedKey> keys, Function<RecordPlace, byte[]> sealed) {
    KeyBuilder value = KeyBuilder.key().u64(tx.nowMillis()).u8(keys.size());
    keys.forEach(
        used -> value.bytes(stored.token(used.client(), used.key())).bytes(used.draftHash()));
    long number = nextRecord++;
    byte[] key = recordKey(number);
    byte[] record = value.bytes(sealed.apply(place(key))).done();
    tx.put(Table.IDEMPOTENCY, key, record);
    tx.afterCommit(() -> added(number, record));
  }

  /** The last committed outcome under a key, or null. */
  public @Nullable StoredOutcome find(String client, String key) {
    byte[] token = stored.token(client, key);
    long start = BigEndian.u64(token, 0);
    long[] places;
    long[] earlier;
    List<Long> mayHold;
    synchronized (this) {
      places = recent.of(start);
      earlier = next == null ? new long[0] : next.tokens.of(start);
      mayHold = runs(start);
    }
    StoredOutcome found = last(places, token);
    found = found == null ? last(earlier, token) : found;
    for (int i = 0; found == null && i < mayHold.size(); i++) {
      found = last(places(mayHold.get(i), start), token);
    }
    return found;
  }

  /** The runs that may hold a token, the newest first. */
  private List<Long> runs(long start) {
    List<Long> out = new ArrayList<>();
    long group = -1;
    long found = 0;
    for (long run : runs.descendingKeySet()) {
      if (run / RunFilters.TOGETHER != group) {
        group = run / RunFilters.TOGETHER;
        found = filters.mayHold(group, start);
      }
      if (((found >>> (run % RunFilters.TOGETHER)) & 1) == 1) {
        out.add(run);
      }
    }
    return out;
  }

  private long[] places(long run, long start) {
    byte[] page = store.get(Table.IDEMPOTENCY, pageKey(run, page(start)));
    RecentPlaces found = new RecentPlaces();
    for (int at = 0; page != null && at < page.length; at += 2 * Long.BYTES) {
      if (BigEndian.u64(page, at) == start) {
        found.add(start, BigEndian.u64(page, at + Long.BYTES));
      }
    }
    return found.of(start);
  }

  private @Nullable StoredOutcome last(long[] places, byte[] token) {
    for (int i = places.length - 1; i >= 0; i--) {
      byte[] key = recordKey(places[i] / TOGETHER);
      byte[] value = store.get(Table.IDEMPOTENCY, key);
      int index = (int) (places[i] % TOGETHER);
      int at = ENTRIES_AT + ENTRY_BYTES * index;
      int hashAt = at + token.length;
      if (value != null && Arrays.equals(value, at, hashAt, token, 0, token.length)) {
        int sealedAt = ENTRIES_AT + ENTRY_BYTES * count(value);
        return new StoredOutcome(
            BigEndian.u64(value, 0),
            Arrays.copyOfRange(value, hashAt, hashAt + HASH_BYTES),
            new SealedRecord(place(key), Arrays.copyOfRange(value, sealedAt, value.length)),
            index);
      }
    }
    return null;
  }

  /** Tokens that become a run. */
  public static final class FullRun {
    private final long number;
    private final RunHead head;
    private final RecentPlaces tokens;

    private FullRun(long number, RunHead head, RecentPlaces tokens) {
      this.number = number;
      this.head = head;
      this.tokens = tokens;
    }
  }

  /** The recent tokens if they are enough for a run, else null. */
  public @Nullable FullRun fullRun() {
    FullRun run;
    synchronized (this) {
      if (next == null && recent.size() >= RUN) {
        long number = runs.isEmpty() ? 0 : runs.lastKey() + 1;
        next = new FullRun(number, new RunHead(lastRecord, lastMillis), recent);
        recent = new RecentPlaces();
      }
      run = next;
    }
    if (run != null) {
      run.tokens.each((token, place) -> filters.add(run.number, token));
    }
    return run;
  }

  /** Stores a run, and then no longer keeps its tokens in memory. */
  public void write(Transaction tx, FullRun run) {
    Map<Integer, KeyBuilder> pages = new HashMap<>();
    run.tokens.each(
        (token, place) ->
            pages.computeIfAbsent(page(token), p -> KeyBuilder.key()).u64(token).u64(place));
    pages.forEach(
        (page, places) -> tx.put(Table.IDEMPOTENCY, pageKey(run.number, page), places.done()));
    byte[] head = KeyBuilder.key().u64(run.head.lastRecord()).u64(run.head.lastMillis()).done();
    tx.put(Table.IDEMPOTENCY, headKey(run.number), head);
    tx.afterCommit(() -> stored(run));
  }

  private synchronized void stored(FullRun run) {
    runs.put(run.number, run.head);
    next = null;
  }

  /** The oldest records, at most {@code most}; ends at the first that is not from before a time. */
  public List<Long> over(long beforeMillis, int most) {
    List<Long> over = new ArrayList<>();
    byte[] end = KeyBuilder.endOf(KeyBuilder.key().u8(RECORD).done());
    byte[] from;
    synchronized (this) {
      from = recordKey(firstRecord);
    }
    try (Scan scan = store.scan(Table.IDEMPOTENCY, from, end)) {
      while (over.size() < most && scan.hasNext()) {
        scan.next();
        if (BigEndian.u64(scan.value(), 0) >= beforeMillis) {
          return over;
        }
        over.add(BigEndian.u64(scan.key(), 1));
      }
    }
    return over;
  }

  /** Removes records, and the runs whose records are all from before a time; says how many. */
  public int remove(Transaction tx, List<Long> records, long beforeMillis) {
    records.forEach(number -> tx.delete(Table.IDEMPOTENCY, recordKey(number)));
    List<Long> ended = new ArrayList<>();
    synchronized (this) {
      runs.forEach(
          (run, head) -> {
            if (head.lastMillis() < beforeMillis) {
              ended.add(run);
            }
          });
    }
    for (long run : ended) {
      for (int page = 0; page < PAGES; page++) {
        tx.delete(Table.IDEMPOTENCY, pageKey(run, page));
      }
      tx.delete(Table.IDEMPOTENCY, headKey(run));
    }
    tx.afterCommit(() -> removed(records, ended));
    return records.size();
  }

  private synchronized void removed(List<Long> records, List<Long> ended) {
    firstRecord = records.get(records.size() - 1) + 1;
    ended.forEach(runs::remove);
    filters.forgetBefore(runs.isEmpty() ? Long.MAX_VALUE : runs.firstKey() / RunFilters.TOGETHER);
  }

  private static RecordPlace place(byte[] recordKey) {
    return new RecordPlace(Table.IDEMPOTENCY, recordKey, "outcomes");
  }

  private static byte[] recordKey(long number) {
    return KeyBuilder.key().u8(RECORD).u64(number).done();
  }

  private static int page(long start) {
    return (int) (start >>> (Long.SIZE - Byte.SIZE));
  }

  private static byte[] pageKey(long run, int page) {
    return KeyBuilder.key().u8(PAGE).u64(run).u8(page).done();
  }

  private static byte[] headKey(long run) {
    return KeyBuilder.key().u8(HEAD).u64(run).done();
  }
}
