package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.BlockRecord;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.HoldRecord;
import org.jspecify.annotations.Nullable;

/**
 * Erasures, legal holds, and blocks of recalled messages.
 *
 * <pre>
 * RETENTION u8 1 · 16-byte message id                   → ErasureRecord, pending
 * RETENTION u8 2 · 16-byte message id                   → ErasureRecord, done
 * RETENTION u8 3 · 16-byte message id                   → HoldRecord
 * RETENTION u8 4 · u8 n · ascii origin · 16-byte id     → BlockRecord
 * RETENTION u8 5 · u32 last day · u8 lane · u64 position → u8 messages: a page in that bucket
 * RETENTION u8 6 · 16-byte message id                   → BlockRecord, a recalled own message
 * RETENTION u8 7 · u8 n · ascii origin                  → u64 number of its BlockRecords
 * RETENTION u8 8 · u8 n · ascii origin · 16-byte id     → empty: a pending erasure of that origin
 * RETENTION u8 9 · u8 n · ascii origin · u8 lane · u64 position → empty: a page to be written again
 * RETENTION u8 10 · u8 n · ascii origin                 → u64 number of these pages
 * RETENTION u8 11 · 16-byte message id → u64 last day · u64 time · client's token: the key of an
 *                                        ended hold
 * RETENTION u8 12 · u64 time · 16-byte message id → u64 last day: a finished erasure, by time
 * META      "retention set back"                  → u64 time: when this ledger was restored last
 * </pre>
 */
public final class RetentionTable {
  private static final int PENDING = 1;
  private static final int DONE = 2;
  private static final int HOLD = 3;
  private static final int BLOCK = 4;
  private static final int BUCKET = 5;
  private static final int TAKEN_BACK = 6;
  private static final int BLOCKS = 7;
  private static final int PENDING_OF = 8;
  private static final int TO_REWRITE = 9;
  private static final int TO_REWRITE_OF = 10;
  private static final int ENDED_HOLD = 11;
  private static final int ERASED = 12;

  /** Bytes of the place of a finished erasure. */
  public static final int ERASED_BYTES = Long.BYTES + MessageId.SIZE;

  /** Ids of recalled own messages held in memory; some 10 MB. */
  static final int HELD_IN_MEMORY = 100_000;

  private static final byte[] NOTHING = new byte[0];

  private static final byte[] SET_BACK = KeyBuilder.key().ascii("retention set back").done();

  private final AtomicLong holdsPlaced = new AtomicLong();
  private final Store store;

  private final RetentionExpiry ends = new RetentionExpiry(this::forget);

  /**
   * Recalled own messages that may still be in delivery; checked for every transmission, and mostly
   * few. If there are more than are held in memory, the store is read.
   */
  private final Set<MessageId> takenBack = ConcurrentHashMap.newKeySet();

  private final int most;
  private volatile boolean holdsAll = true;

  /** Of the latest finished erasure, milliseconds. The writer's alone. */
  private long lastErasedMs;

  public RetentionTable(Store store) {
    this(store, HELD_IN_MEMORY);
  }

  /**
   * The same, with a bound for tests.
   *
   * @param most ids of recalled own messages held in memory
   */
  RetentionTable(Store store, int most) {
    this.store = store;
    this.most = most;
    KeyValue erased = lastErased();
    lastErasedMs = erased == null ? 0 : BigEndian.u64(erased.key(), 1);
    try (Scan scan =
        store.scan(
            Table.RETENTION,
            RetentionExpiry.prefix(TAKEN_BACK),
            RetentionExpiry.prefix(TAKEN_BACK + 1))) {
      while (holdsAll && scan.hasNext()) {
        scan.next();
        remember(idBehind(scan.key()));
      }
    }
  }

  /** Notes that a ledger is being restored: it may lack retrievals from before. */
  public static void setBack(Batch batch, long atMillis) {
    batch.put(Table.META, SET_BACK, KeyBuilder.key().u64(atMillis).done());
  }

  /** When this ledger was restored last, milliseconds since 1970; 0 if it never was. */
  public long setBackAtMillis() {
    byte[] at = store.get(Table.META, SET_BACK);
    return at == null ? 0 : BigEndian.u64(at, 0);
  }

  /**
   * Corrects the time of the last restore: a clock that was ahead then would have what comes until
   * that time count as older.
   */
  public void setBackBefore(Transaction tx, long latestMillis) {
    if (setBackAtMillis() > latestMillis) {
      tx.put(Table.META, SET_BACK, KeyBuilder.key().u64(latestMillis).done());
    }
  }

  private void remember(MessageId id) {
    if (takenBack.size() < most) {
      takenBack.add(id);
    } else {
      holdsAll = false;
    }
  }

  /** A hold under its message's id. */
  public record Hold(MessageId id, HoldRecord record) {
    /** Where the retrievals of the message are recorded. */
    RetrievalPlace retrieval() {
      return new RetrievalPlace(record.getArrival(), record.getBucketDay());
    }
  }

  /** The first position of a page of messages of a bucket. */
  public record BucketPosition(long lastDay, Lane lane, long position) {}

  /** Begins an erasure. */
  public void begin(Transaction tx, ErasureRecord erasure) {
    tx.put(Table.RETENTION, key(PENDING, id(erasure)), erasure.toByteArray());
    tx.put(Table.RETENTION, pendingKey(erasure), NOTHING);
  }

  /** Ends an erasure that has begun, or changes one that has ended. */
  public void end(Transaction tx, ErasureRecord done) {
    tx.delete(Table.RETENTION, key(PENDING, id(done)));
    tx.delete(Table.RETENTION, pendingKey(done));
    boolean first = tx.get(Table.RETENTION, key(DONE, id(done))) == null;
    tx.put(Table.RETENTION, key(DONE, id(done)), done.toByteArray());
    if (first) {
      // Later than those before, whatever the clock says: who has read those must find it.
      lastErasedMs = Math.max(tx.nowMillis(), lastErasedMs + 1);
      byte[] place = KeyBuilder.key().u64(lastErasedMs).bytes(id(done).bytes()).done();
      tx.put(Table.RETENTION, erasedKey(place), u64(done.getBucketDay()));
    }
  }

  /**
   * Finished erasures, each once, in the order in which they were recorded: also of messages that
   * came after the copy from which this ledger was restored, since clients may have them.
   *
   * @param after the place of the last one before, {@value #ERASED_BYTES} bytes; empty for the
   *     first
   * @return the place of each, which ends with its message id; at most {@code most}
   */
  public List<byte[]> erasedAfter(byte[] after, int most) {
    byte[] from =
        after.length == 0
            ? RetentionExpiry.prefix(ERASED)
            : KeyBuilder.key().bytes(erasedKey(after)).u8(0).done();
    List<byte[]> places = new ArrayList<>();
    try (Scan scan = store.scan(Table.RETENTION, from, RetentionExpiry.prefix(ERASED + 1))) {
      while (places.size() < most && scan.hasNext()) {
        scan.next();
        places.add(Arrays.copyOfRange(scan.key(), 1, scan.key().length));
      }
    }
    return places;
  }

  /**
   * Whether a place is behind the last that is listed. It then says nothing of which erasures were
   * read: an earlier copy of this ledger gave it, or its own erasure is no longer listed.
   *
   * @param place {@value #ERASED_BYTES} bytes; empty for the beginning
   */
  public boolean isBehindAllErased(byte[] place) {
    KeyValue last = lastErased();
    return place.length > 0
        && last != null
        && Arrays.compareUnsigned(erasedKey(place), last.key()) > 0;
  }

  private @Nullable KeyValue lastErased() {
    return store.last(
        Table.RETENTION, RetentionExpiry.prefix(ERASED), RetentionExpiry.prefix(ERASED + 1));
  }

  private static byte[] erasedKey(byte[] place) {
    return KeyBuilder.key().u8(ERASED).bytes(place).done();
  }

  /**
   * Erasures that have begun.
   *
   * @param begun those that can be read
   * @param damaged messages whose record cannot be read
   */
  public record PendingErasures(List<ErasureRecord> begun, List<OriginMessage> damaged) {
    public PendingErasures {
      begun = List.copyOf(begun);
      damaged = List.copyOf(damaged);
    }

    /** How many they are. */
    public int count() {
      return begun.size() + damaged.size();
    }
  }

  /** A message of an origin. */
  public record OriginMessage(AgencyName origin, MessageId id) {}

  /** Which pending erasures are left out. */
  public interface ErasureFilter {
    /** The message up to which those of an origin are left out; null for none. */
    default @Nullable MessageId behind(AgencyName origin) {
      return null;
    }

    /** Whether one of an origin is left out. */
    boolean excludes(AgencyName origin, MessageId id);
  }

  /**
   * Erasures that have begun: one of each origin in turn, so that no origin waits for all that
   * another has recalled.
   *
   * @param most most erasures
   * @param filter those that are left out
   * @param turn number of the origin to begin with, modulo the number of origins
   */
  public PendingErasures pending(ErasureFilter filter, int most, int turn) {
    List<Iterator<OriginMessage>> origins = new ArrayList<>();
    for (AgencyName origin : originsWithPending()) {
      origins.add(pendingOf(origin, filter, most).iterator());
    }
    Collections.rotate(origins, -(turn % Math.max(1, origins.size())));
    List<ErasureRecord> begun = new ArrayList<>();
    List<OriginMessage> damaged = new ArrayList<>();
    while (!origins.isEmpty()) {
      origins.removeIf(waiting -> !waiting.hasNext());
      for (Iterator<OriginMessage> waiting : origins) {
        if (begun.size() + damaged.size() == most) {
          return new PendingErasures(begun, damaged);
        }
        add(waiting.next(), begun, damaged);
      }
    }
    return new PendingErasures(begun, damaged);
  }

  private void add(OriginMessage one, List<ErasureRecord> begun, List<OriginMessage> damaged) {
    try {
      byte[] value = store.get(Table.RETENTION, key(PENDING, one.id()));
      if (value != null) {
        begun.add(erasure(value));
      }
    } catch (CorruptRecord e) {
      damaged.add(one);
    }
  }

  private List<AgencyName> originsWithPending() {
    List<AgencyName> origins = new ArrayList<>();
    byte[] from = RetentionExpiry.prefix(PENDING_OF);
    byte[] end = RetentionExpiry.prefix(PENDING_OF + 1);
    boolean more = true;
    while (more) {
      try (Scan scan = store.scan(Table.RETENTION, from, end)) {
        more = scan.hasNext();
        if (more) {
          scan.next();
          AgencyName origin = originIn(scan.key());
          origins.add(origin);
          from = behindPending(origin);
        }
      }
    }
    return origins;
  }

  private List<OriginMessage> pendingOf(AgencyName origin, ErasureFilter filter, int most) {
    List<OriginMessage> some = new ArrayList<>();
    KeyBuilder from = KeyBuilder.key().u8(PENDING_OF).ascii(origin.value());
    MessageId behind = filter.behind(origin);
    if (behind != null) {
      from.bytes(behind.bytes()).u8(0);
    }
    try (Scan scan = store.scan(Table.RETENTION, from.done(), behindPending(origin))) {
      while (some.size() < most && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        MessageId id =
            MessageId.of(Arrays.copyOfRange(key, key.length - MessageId.SIZE, key.length));
        if (!filter.excludes(origin, id)) {
          some.add(new OriginMessage(origin, id));
        }
      }
    }
    return some;
  }

  /** The pending erasure of a message, or null. */
  public @Nullable ErasureRecord pending(Transaction tx, MessageId id) {
    byte[] value = tx.get(Table.RETENTION, key(PENDING, id));
    return value == null ? null : erasure(value);
  }

  /** The finished erasure of a message, or null. */
  public @Nullable ErasureRecord done(Transaction tx, MessageId id) {
    byte[] value = tx.get(Table.RETENTION, key(DONE, id));
    return value == null ? null : erasure(value);
  }

  /** The same as committed. */
  public @Nullable ErasureRecord done(MessageId id) {
    byte[] value = store.get(Table.RETENTION, key(DONE, id));
    return value == null ? null : erasure(value);
  }

  /** Places or replaces a hold. */
  public void hold(Transaction tx, MessageId id, HoldRecord hold) {
    tx.put(Table.RETENTION, key(HOLD, id), hold.toByteArray());
    tx.afterCommit(holdsPlaced::incrementAndGet);
  }

  /** How many holds were placed by this process; it rises before the next transaction. */
  long holdsPlaced() {
    return holdsPlaced.get();
  }

  /** Removes a hold. */
  public void unhold(Transaction tx, MessageId id) {
    tx.delete(Table.RETENTION, key(HOLD, id));
  }

  /** The hold on a message, or null. */
  public @Nullable HoldRecord held(Transaction tx, MessageId id) {
    byte[] value = tx.get(Table.RETENTION, key(HOLD, id));
    return value == null ? null : holdRecord(value);
  }

  /** The same as committed. */
  public @Nullable HoldRecord held(MessageId id) {
    byte[] value = store.get(Table.RETENTION, key(HOLD, id));
    return value == null ? null : holdRecord(value);
  }

  /** Whether a message is on hold, as committed. */
  public boolean isHeld(MessageId id) {
    return store.get(Table.RETENTION, key(HOLD, id)) != null;
  }

  /**
   * A hold that has ended here, or has not begun, while the keystore may still have its key.
   *
   * @param lastDay days since 1970, after which its key is destroyed
   * @param keyBeganMs when the key came into use for that hold, milliseconds since 1970
   * @param client the token of the client whose hold it was, as in its record; empty if unknown
   */
  public record EndedHold(MessageId id, long lastDay, long keyBeganMs, ByteString client) {}

  /** Records that the key of a message's hold is to be destroyed after a day. */
  public void endHold(Transaction tx, EndedHold ended) {
    KeyBuilder value = KeyBuilder.key().u64(ended.lastDay()).u64(ended.keyBeganMs());
    tx.put(
        Table.RETENTION,
        key(ENDED_HOLD, ended.id()),
        value.bytes(ended.client().toByteArray()).done());
  }

  /** Removes the same: the key is destroyed, or the hold has begun again. */
  public void forgetEndedHold(Transaction tx, MessageId id) {
    tx.delete(Table.RETENTION, key(ENDED_HOLD, id));
  }

  /** All ended holds whose key may still exist. */
  public List<EndedHold> endedHolds() {
    List<EndedHold> out = new ArrayList<>();
    try (Scan scan =
        store.scan(
            Table.RETENTION,
            RetentionExpiry.prefix(ENDED_HOLD),
            RetentionExpiry.prefix(ENDED_HOLD + 1))) {
      while (scan.hasNext()) {
        scan.next();
        out.add(ended(idBehind(scan.key()), scan.value()));
      }
    }
    return out;
  }

  /** The ended hold of a message, as committed, or null. */
  public @Nullable EndedHold endedHold(MessageId id) {
    byte[] value = store.get(Table.RETENTION, key(ENDED_HOLD, id));
    return value == null ? null : ended(id, value);
  }

  private static EndedHold ended(MessageId id, byte[] value) {
    int times = 2 * Long.BYTES;
    return new EndedHold(
        id,
        BigEndian.u64(value, 0),
        BigEndian.u64(value, Long.BYTES),
        ByteString.copyFrom(value, times, value.length - times));
  }

  /** Holds after an id, or from the first, at most {@code most}. */
  public List<Hold> holds(@Nullable MessageId after, int most) {
    byte[] from =
        after == null
            ? RetentionExpiry.prefix(HOLD)
            : KeyBuilder.key().bytes(key(HOLD, after)).u8(0).done();
    List<Hold> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.RETENTION, from, RetentionExpiry.prefix(HOLD + 1))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(new Hold(idBehind(scan.key()), holdRecord(scan.value())));
      }
    }
    return out;
  }

  /**
   * Blocks a message of an origin until a time, if it is of the given kind (training or actual). A
   * block of one kind does not lift that of the other.
   */
  public void block(
      Transaction tx, AgencyName origin, MessageId id, boolean exercise, long untilMillis) {
    BlockRecord.Builder block =
        BlockRecord.newBuilder().setUntilMs(untilMillis).setExercise(exercise);
    byte[] before = tx.get(Table.RETENTION, blockKey(origin, id));
    if (before == null) {
      tx.put(Table.RETENTION, blocksKey(origin), u64(blocks(tx, origin) + 1));
    } else {
      BlockRecord said = blockRecord(before);
      block.setUntilMs(Math.max(untilMillis, said.getUntilMs()));
      if (!said.hasExercise() || said.getExercise() != exercise) {
        block.clearExercise();
      }
    }
    tx.put(Table.RETENTION, blockKey(origin, id), block.build().toByteArray());
  }

  /** The number of an origin's blocked messages that are not here. */
  public long blocks(Transaction tx, AgencyName origin) {
    return count(tx.get(Table.RETENTION, blocksKey(origin)));
  }

  /** The same as committed. */
  public long blocks(AgencyName origin) {
    return count(store.get(Table.RETENTION, blocksKey(origin)));
  }

  private static long count(byte @Nullable [] value) {
    return value == null ? 0 : BigEndian.u64(value, 0);
  }

  /** Whether a message is already blocked, until any time. */
  public boolean hasBlock(Transaction tx, AgencyName origin, MessageId id) {
    return tx.get(Table.RETENTION, blockKey(origin, id)) != null;
  }

  /**
   * Whether a message of an origin, training or not, is blocked. A block that has ended counts
   * until {@link #prune} removes it: only its caller knows a time that follows no clock jump, and
   * what was recalled must not be kept in one.
   */
  public boolean isBlocked(Transaction tx, AgencyName origin, MessageId id, boolean exercise) {
    byte[] value = tx.get(Table.RETENTION, blockKey(origin, id));
    if (value == null) {
      return false;
    }
    return isOf(blockRecord(value), exercise);
  }

  /** Whether a block applies to a kind; one without a kind applies to both. */
  private static boolean isOf(BlockRecord block, boolean exercise) {
    return !block.hasExercise() || block.getExercise() == exercise;
  }

  /** Records the recall of an own message: until a time, it is not sent to further recipients. */
  public void takeBack(Transaction tx, MessageId id, long untilMillis) {
    BlockRecord until = BlockRecord.newBuilder().setUntilMs(untilMillis).build();
    tx.put(Table.RETENTION, key(TAKEN_BACK, id), until.toByteArray());
    tx.afterCommit(() -> remember(id));
  }

  /** Whether an own message was recalled while it may be in delivery, as committed. Quick. */
  public boolean isTakenBack(MessageId id) {
    return (!takenBack.isEmpty() && takenBack.contains(id))
        || (!holdsAll && store.get(Table.RETENTION, key(TAKEN_BACK, id)) != null);
  }

  /** Records the bucket of a page. */
  static void placed(Transaction tx, BucketPosition place, int messages) {
    tx.put(Table.RETENTION, placeKey(place), new byte[] {(byte) messages});
  }

  /** Removes the bucket entry of a page. */
  public static void removed(Transaction tx, BucketPosition place) {
    tx.delete(Table.RETENTION, placeKey(place));
  }

  /** The first position of a page with messages of an origin. */
  public record PagePlace(AgencyName origin, Lane lane, long first) {}

  /** Records that a page holds bytes of messages that were removed. */
  static void toRewrite(Transaction tx, PagePlace page) {
    if (tx.get(Table.RETENTION, rewriteKey(page)) == null) {
      tx.put(Table.RETENTION, rewriteKey(page), NOTHING);
      tx.put(
          Table.RETENTION, toRewriteOf(page.origin()), u64(pagesToRewrite(tx, page.origin()) + 1));
    }
  }

  /** Removes the same. */
  static void rewritten(Transaction tx, PagePlace page) {
    if (tx.get(Table.RETENTION, rewriteKey(page)) != null) {
      tx.delete(Table.RETENTION, rewriteKey(page));
      long left = pagesToRewrite(tx, page.origin()) - 1;
      if (left > 0) {
        tx.put(Table.RETENTION, toRewriteOf(page.origin()), u64(left));
      } else {
        tx.delete(Table.RETENTION, toRewriteOf(page.origin()));
      }
    }
  }

  private static long pagesToRewrite(Transaction tx, AgencyName origin) {
    return count(tx.get(Table.RETENTION, toRewriteOf(origin)));
  }

  /** How many pages of an origin hold bytes of removed messages, as committed. */
  public long pagesToRewrite(AgencyName origin) {
    return count(store.get(Table.RETENTION, toRewriteOf(origin)));
  }

  /** Origins of which a page holds bytes of removed messages. */
  public List<AgencyName> originsToRewrite() {
    List<AgencyName> origins = new ArrayList<>();
    try (Scan scan =
        store.scan(
            Table.RETENTION,
            RetentionExpiry.prefix(TO_REWRITE_OF),
            RetentionExpiry.prefix(TO_REWRITE_OF + 1))) {
      while (scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        origins.add(new AgencyName(new String(key, 2, key.length - 2, StandardCharsets.US_ASCII)));
      }
    }
    return origins;
  }

  /** Pages of an origin that hold bytes of removed messages, after one or from the first. */
  public List<PagePlace> toRewrite(AgencyName origin, @Nullable PagePlace after, int most) {
    byte[] from =
        after == null
            ? rewritePrefix(origin).done()
            : rewriteKey(new PagePlace(origin, after.lane(), after.first() + 1));
    List<PagePlace> out = new ArrayList<>();
    try (Scan scan =
        store.scan(Table.RETENTION, from, KeyBuilder.endOf(rewritePrefix(origin).done()))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        int at = key.length - 1 - Long.BYTES;
        out.add(new PagePlace(origin, Lane.of(key[at]), BigEndian.u64(key, at + 1)));
      }
    }
    return out;
  }

  /** Pages of buckets that ended before a day, of {@code most} messages or a few more. */
  public List<BucketPosition> before(long day, int most) {
    return places(
        RetentionExpiry.prefix(BUCKET), KeyBuilder.key().u8(BUCKET).u32(day).done(), most);
  }

  /** Pages of the bucket that ends on a day, of {@code most} messages or a few more. */
  public List<BucketPosition> of(long day, int most) {
    return places(
        KeyBuilder.key().u8(BUCKET).u32(day).done(),
        KeyBuilder.key().u8(BUCKET).u32(day + 1).done(),
        most);
  }

  /** The last days of all buckets that hold a message. */
  public List<Long> days() {
    List<Long> days = new ArrayList<>();
    List<BucketPosition> next =
        places(RetentionExpiry.prefix(BUCKET), RetentionExpiry.prefix(BUCKET + 1), 1);
    while (!next.isEmpty()) {
      long day = next.get(0).lastDay();
      days.add(day);
      next =
          places(
              KeyBuilder.key().u8(BUCKET).u32(day + 1).done(),
              RetentionExpiry.prefix(BUCKET + 1),
              1);
    }
    return days;
  }

  private List<BucketPosition> places(byte[] from, byte[] end, int most) {
    List<BucketPosition> out = new ArrayList<>();
    int messages = 0;
    try (Scan scan = store.scan(Table.RETENTION, from, end)) {
      while (messages < most && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        messages += scan.value()[0];
        out.add(new BucketPosition(BigEndian.u32(key, 1), Lane.of(key[5]), BigEndian.u64(key, 6)));
      }
    }
    return out;
  }

  /**
   * Removes ended blocks, recalled own messages that can no longer be delivered, and erasures whose
   * bucket has ended, at most {@code most} of each; returns how many. Examines a part, and the next
   * call continues from there.
   */
  public int prune(Transaction tx, long nowMillis, long today, int most) {
    // None of the spaces waits for what is over of another.
    RetentionExpiry.ExpiryPredicate ended = value -> blockRecord(value).getUntilMs() <= nowMillis;
    return ends.round(tx, DONE, most, value -> erasure(value).getBucketDay() < today)
        + ends.round(tx, ERASED, most, value -> BigEndian.u64(value, 0) < today)
        + ends.round(tx, BLOCK, most, ended)
        + ends.round(tx, TAKEN_BACK, most, ended);
  }

  /** Forgets a block, or what was taken back, by its key; what is counted and held goes with it. */
  private void forget(Transaction tx, int space, byte[] key) {
    tx.delete(Table.RETENTION, key);
    if (space == BLOCK) {
      AgencyName origin = originIn(key);
      tx.put(Table.RETENTION, blocksKey(origin), u64(Math.max(0, blocks(tx, origin) - 1)));
    } else if (space == TAKEN_BACK) {
      tx.afterCommit(() -> takenBack.remove(idBehind(key)));
    }
  }

  private static ErasureRecord erasure(byte[] value) {
    return CorruptRecord.parse(ErasureRecord.parser(), value, "RETENTION");
  }

  private static HoldRecord holdRecord(byte[] value) {
    return CorruptRecord.parse(HoldRecord.parser(), value, "RETENTION");
  }

  private static BlockRecord blockRecord(byte[] value) {
    return CorruptRecord.parse(BlockRecord.parser(), value, "RETENTION");
  }

  private static MessageId idBehind(byte[] key) {
    return MessageId.of(Arrays.copyOfRange(key, 1, key.length));
  }

  private static MessageId id(ErasureRecord erasure) {
    return MessageId.of(erasure.getMessageId().toByteArray());
  }

  private static byte[] key(int space, MessageId id) {
    return KeyBuilder.key().u8(space).bytes(id.bytes()).done();
  }

  private static byte[] blockKey(AgencyName origin, MessageId id) {
    return KeyBuilder.key().u8(BLOCK).ascii(origin.value()).bytes(id.bytes()).done();
  }

  /** The origin in a key of an origin and an id. */
  private static AgencyName originIn(byte[] key) {
    return new AgencyName(
        new String(key, 2, key.length - 2 - MessageId.SIZE, StandardCharsets.US_ASCII));
  }

  private static byte[] pendingKey(ErasureRecord erasure) {
    return KeyBuilder.key()
        .u8(PENDING_OF)
        .ascii(erasure.getOrigin())
        .bytes(erasure.getMessageId().toByteArray())
        .done();
  }

  /** The first key behind all pending erasures of an origin. */
  private static byte[] behindPending(AgencyName origin) {
    byte[] last = new byte[MessageId.SIZE];
    Arrays.fill(last, (byte) 0xff);
    return KeyBuilder.key().u8(PENDING_OF).ascii(origin.value()).bytes(last).u8(0).done();
  }

  private static byte[] blocksKey(AgencyName origin) {
    return KeyBuilder.key().u8(BLOCKS).ascii(origin.value()).done();
  }

  private static byte[] u64(long number) {
    return KeyBuilder.key().u64(number).done();
  }

  private static KeyBuilder rewritePrefix(AgencyName origin) {
    return KeyBuilder.key().u8(TO_REWRITE).ascii(origin.value());
  }

  private static byte[] rewriteKey(PagePlace page) {
    return rewritePrefix(page.origin()).u8(page.lane().number()).u64(page.first()).done();
  }

  private static byte[] toRewriteOf(AgencyName origin) {
    return KeyBuilder.key().u8(TO_REWRITE_OF).ascii(origin.value()).done();
  }

  private static byte[] placeKey(BucketPosition place) {
    return KeyBuilder.key()
        .u8(BUCKET)
        .u32(place.lastDay())
        .u8(place.lane().number())
        .u64(place.position())
        .done();
  }
}
