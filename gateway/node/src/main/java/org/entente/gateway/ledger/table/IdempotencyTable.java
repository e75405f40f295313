package org.entente.gateway.ledger.table;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * First outcomes by client and idempotency key: one record for those of a commit.
 *
 * <pre>
 * IDEMPOTENCY u8 1 · u64 number → u64 time · u8 count · for each: 16-byte token of client and key ·
 *                                 32-byte hash of the draft · sealed outcomes
 *
 * place: 64 × number of the record + index in it
 * </pre>
 *
 * <p>The places of recent tokens are in memory. {@link #RUN} of them become a run in the ledger,
 * and what {@link IdempotencyRuns} makes of it later. Eight bytes of a token only tell where to
 * look; the record has all of it. The last outcome under a key counts. Records are numbered in the
 * order of their commits, so that a day's end removes the first ones and whole runs.
 *
 * <p>{@link #move}, {@link #fullRun} and what follows from it, and {@link #remove} are called by
 * one thread; all else is safe for many.
 */
public final class IdempotencyTable {
  /** Most outcomes in a record. */
  public static final int TOGETHER = 64;

  /** Tokens in a run: it is full with the record that brings it to this number. */
  static final int RUN = 1 << 15;

  /** Keys that move in one commit, at least: it holds the writer for milliseconds. */
  private static final int MOVED = 1_024;

  /** Times that are later than what is remembered by this come from a clock that was ahead. */
  private static final long AHEAD_MILLIS = 2L * 24 * 60 * 60 * 1000;

  /** Size of the keyed hash of a draft. */
  private static final int HASH_BYTES = 32;

  private static final int ENTRY_BYTES = StoredNames.TOKEN_BYTES + HASH_BYTES;
  private static final int ENTRIES_AT = 9;
  private static final int RECORD = 1;

  private final Store store;
  private final StoredNames stored;
  private final int run;
  private final IdempotencyRuns runs;
  private RecentIdempotencyKeys recent = new RecentIdempotencyKeys();

  /**
   * Those that become runs, the oldest first. Each has no more than its filter has room for,
   * however long it waits: with half as many again, six times as many new keys would cost a read.
   */
  private final Deque<FilledTokens> filled = new ArrayDeque<>();

  /** When the latest record of the recent tokens was written. */
  private long lastMillis;

  private long lastRecord;

  /** The first record possibly left; a scan from the beginning steps over every deleted one. */
  private long firstRecord = 1;

  /** Used by the writer only. */
  private long nextRecord;

  /**
   * How many keys are kept where.
   *
   * @param run tokens in a run
   * @param group runs whose filters lie side by side, at most 64
   * @param groups groups with filters
   * @param slots slots of a group's filters, a power of two
   * @param moved keys that move in one commit, at least
   */
  public record Sizes(int run, int group, int groups, int slots, int moved) {
    static final Sizes DEFAULT =
        new Sizes(
            RUN,
            IdempotencyRunFilters.TOGETHER,
            IdempotencyRunFilters.GROUPS,
            IdempotencyRunFilters.SLOTS,
            MOVED);
  }

  /** The outcomes of a store. */
  public IdempotencyTable(Store store, StoredNames stored) {
    this(store, stored, Sizes.DEFAULT);
  }

  /** The same with other sizes. */
  public IdempotencyTable(Store store, StoredNames stored, Sizes sizes) {
    this.store = store;
    this.stored = stored;
    this.run = sizes.run();
    IdempotencyRunFilters filters =
        new IdempotencyRunFilters(sizes.group(), sizes.groups(), sizes.slots());
    this.runs = new IdempotencyRuns(store, filters, sizes.moved());
    runs.ends().forEach(end -> lastRecord = end.lastRecord());
    findRecent();
    nextRecord = lastRecord + 1;
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
    if (recent.size() >= run) {
      filled.add(new FilledTokens(new IdempotencyRunEnd(lastRecord, lastMillis), recent));
      recent = new RecentIdempotencyKeys();
      lastMillis = 0;
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
    long number = nextRecord++;
    byte[] key = recordKey(number);
    byte[] outcomes = sealed.apply(place(key));
    KeyBuilder value =
        KeyBuilder.key(ENTRIES_AT + ENTRY_BYTES * keys.size() + outcomes.length)
            .u64(tx.nowMillis())
            .u8(keys.size());
    keys.forEach(
        used -> value.bytes(stored.token(used.client(), used.key())).bytes(used.draftHash()));
    byte[] record = value.bytes(outcomes).done();
    tx.put(Table.IDEMPOTENCY, key, record);
    tx.afterCommit(() -> added(number, record));
  }

  /** The last committed outcome under a key, or null. */
  public @Nullable StoredOutcome find(String client, String key) {
    byte[] token = stored.token(client, key);
    long start = BigEndian.u64(token, 0);
    StoredOutcome found = last(inMemory(start), token);
    // In the order in which keys move on, so that none slips by.
    List<Long> mayHold = found == null ? runs.mayHold(start) : List.of();
    for (int i = 0; found == null && i < mayHold.size(); i++) {
      found = last(runs.places(mayHold.get(i), start), token);
    }
    List<Long> days = found == null ? runs.older().days() : List.of();
    for (int i = 0; found == null && i < days.size(); i++) {
      found = last(runs.older().places(days.get(i), start), token);
    }
    return found;
  }

  /** The places in memory of tokens that begin so, in rising order. */
  private synchronized long[] inMemory(long start) {
    long[] places = recent.of(start);
    for (Iterator<FilledTokens> of = filled.descendingIterator(); of.hasNext(); ) {
      long[] earlier = of.next().tokens().of(start);
      if (earlier.length > 0) {
        long[] all = Arrays.copyOf(earlier, earlier.length + places.length);
        System.arraycopy(places, 0, all, earlier.length, places.length);
        places = all;
      }
    }
    return places;
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

  private record FilledTokens(IdempotencyRunEnd end, RecentIdempotencyKeys tokens) {}

  /** Tokens that become a run. */
  public static final class FullRun {
    private final long number;
    private final IdempotencyRunEnd end;
    private final RecentIdempotencyKeys tokens;

    private FullRun(long number, IdempotencyRunEnd end, RecentIdempotencyKeys tokens) {
      this.number = number;
      this.end = end;
      this.tokens = tokens;
    }
  }

  /**
   * Moves some older keys to where they need no filter, so that the next run finds room for its
   * own; null if there is room. Repeat it before each {@link #fullRun}.
   */
  public @Nullable Mutation<Integer> move() {
    return runs.move();
  }

  /** The oldest tokens in memory that are enough for a run; null if there are none. */
  public @Nullable FullRun fullRun() {
    FilledTokens oldest;
    synchronized (this) {
      oldest = filled.peekFirst();
    }
    if (oldest == null) {
      return null;
    }
    FullRun full = new FullRun(runs.next(), oldest.end(), oldest.tokens());
    full.tokens.each((token, place) -> runs.filter(full.number, token));
    return full;
  }

  /** Stores a run, and then no longer keeps its tokens in memory. */
  public void write(Transaction tx, FullRun full) {
    runs.write(tx, full.number, full.end, full.tokens);
    tx.afterCommit(this::stored);
  }

  private synchronized void stored() {
    filled.removeFirst();
  }

  /**
   * The oldest records, at most {@code most}; ends at the first that is not from before a time. A
   * record that was written by a clock that was ahead is over with the next one that is.
   */
  public List<Long> over(long beforeMillis, int most) {
    List<Long> over = new ArrayList<>();
    int ended = 0;
    byte[] end = KeyBuilder.endOf(KeyBuilder.key().u8(RECORD).done());
    byte[] from;
    synchronized (this) {
      from = recordKey(firstRecord);
    }
    long last = lastOver(beforeMillis);
    try (Scan scan = store.scan(Table.IDEMPOTENCY, from, end)) {
      while (over.size() < most && scan.hasNext()) {
        scan.next();
        long number = BigEndian.u64(scan.key(), 1);
        long millis = BigEndian.u64(scan.value(), 0);
        if (number > last && isRemembered(millis, beforeMillis)) {
          break;
        }
        over.add(number);
        ended = number <= last || millis < beforeMillis ? over.size() : ended;
      }
    }
    return List.copyOf(over.subList(0, ended));
  }

  /** The last record of the runs that are over, found without reading records; 0 for none. */
  private long lastOver(long beforeMillis) {
    long last = 0;
    for (IdempotencyRunEnd end : runs.ends()) {
      if (isRemembered(end.lastMillis(), beforeMillis)) {
        return last;
      }
      last = end.lastMillis() < beforeMillis ? end.lastRecord() : last;
    }
    return last;
  }

  /** Whether a time is neither over nor wrong. */
  private static boolean isRemembered(long millis, long beforeMillis) {
    return millis >= beforeMillis && millis <= beforeMillis + AHEAD_MILLIS;
  }

  /** Removes the oldest records, and the runs that end with them; says how many records. */
  public int remove(Transaction tx, List<Long> records) {
    records.forEach(number -> tx.delete(Table.IDEMPOTENCY, recordKey(number)));
    long last = records.get(records.size() - 1);
    runs.remove(tx, last);
    tx.afterCommit(() -> removed(last));
    return records.size();
  }

  private synchronized void removed(long last) {
    firstRecord = last + 1;
  }

  private static RecordPlace place(byte[] recordKey) {
    return new RecordPlace(Table.IDEMPOTENCY, recordKey, "outcomes");
  }

  private static byte[] recordKey(long number) {
    return KeyBuilder.key().u8(RECORD).u64(number).done();
  }
}
