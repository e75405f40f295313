package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantineStep;
import org.jspecify.annotations.Nullable;

/**
 * Quarantined messages, which this gateway failed to process repeatedly, until an operator decides.
 * Decisions are kept for a while, so that deciding again gives the first answer.
 *
 * <p>Waiting entries are bounded by number and bytes, in total and for each agency, so that one
 * agency cannot use up the others' room. {@link #put} reports when there is no room; the caller
 * then leaves the message where it is. Received messages that are not delivered need no room: they
 * are in the inbox, which bounds them, and one without an entry would stop all subscribers.
 *
 * <pre>
 * META       "quarantine"       → u64 greatest number assigned
 * QUARANTINE u8 1 · u64 number  → QuarantineRecord that waits
 * QUARANTINE u8 2 · u64 number  → content for a retry; absent if stored elsewhere
 * QUARANTINE u8 3 · ascii agency → u64 waiting · u64 bytes; with an empty name: over all
 * QUARANTINE u8 4 · u64 position → u64 number: the received message there waits
 * QUARANTINE u8 5 · u64 number  → QuarantineRecord that was decided
 * QUARANTINE u8 6 · ascii origin · 16-byte message id
 *                               → u64 number: the received envelope with that message waits
 * </pre>
 */
public final class QuarantineTable {
  private static final byte[] LAST = KeyBuilder.key().ascii("quarantine").done();
  private static final int WAITING = 1;
  private static final int CONTENT = 2;
  private static final int USE = 3;
  private static final int PLACE = 4;
  private static final int DECIDED = 5;
  private static final int MESSAGE = 6;
  private static final String ALL = "";

  private final Store store;
  private final Limits limits;
  private final UnreadableRecords unreadable;

  /** Committed positions of quarantined received messages; few. */
  private final Set<Long> places = ConcurrentHashMap.newKeySet();

  /**
   * The table of a store.
   *
   * @param unreadable told of records that cannot be read, which are listed and counted no longer
   */
  public QuarantineTable(Store store, Limits limits, UnreadableRecords unreadable) {
    this.store = store;
    this.limits = limits;
    this.unreadable = unreadable;
    try (Scan scan = store.scan(Table.QUARANTINE, prefix(PLACE), prefix(PLACE + 1))) {
      while (scan.hasNext()) {
        scan.next();
        places.add(BigEndian.u64(scan.key(), 1));
      }
    }
  }

  /**
   * Bounds of waiting entries that need room; one agency may use a quarter of each.
   *
   * @param messages entries
   * @param bytes stored for them
   */
  public record Limits(int messages, long bytes) {
    /** The defaults of a node. */
    public static final Limits DEFAULT = new Limits(1_000, 256L << 20);

    private static final int SHARE = 4;

    public Limits {
      if (messages < 1 || bytes < 1) {
        throw new IllegalArgumentException("limits of the quarantine must be at least 1");
      }
    }

    private boolean allow(Use all, Use agencys) {
      return all.messages() <= messages
          && all.bytes() <= bytes
          && agencys.messages() <= (messages + SHARE - 1) / SHARE
          && agencys.bytes() <= (bytes + SHARE - 1) / SHARE;
    }

    /** Whether this use leaves no room for another entry of any agency. */
    public boolean exhaustedBy(Use all) {
      return all.messages() >= messages || all.bytes() >= bytes;
    }
  }

  /** The number and size of waiting entries. */
  public record Use(long messages, long bytes) {
    private Use plus(long more, long moreBytes) {
      return new Use(messages + more, bytes + moreBytes);
    }
  }

  /** A record under its number. */
  public record Entry(long number, QuarantineRecord record) {}

  /** The bounds. */
  public Limits limits() {
    return limits;
  }

  /**
   * Adds a waiting entry under the next number; empty, without a change, if there is no room.
   *
   * @param content further content needed for a retry, sealed; empty if it is stored elsewhere
   */
  public OptionalLong put(Transaction tx, QuarantineRecord record, byte[] content) {
    QuarantineRecord kept =
        record.toBuilder()
            .setState(QuarantineState.QUARANTINE_STATE_WAITING)
            .setBytes(content.length)
            .build();
    if (needsRoom(kept) && !hasRoom(tx, kept)) {
      return OptionalLong.empty();
    }
    long number = next(tx);
    tx.put(Table.META, LAST, KeyBuilder.key().u64(number).done());
    tx.put(Table.QUARANTINE, key(WAITING, number), kept.toByteArray());
    if (content.length > 0) {
      tx.put(Table.QUARANTINE, key(CONTENT, number), content);
    }
    if (isReceived(kept)) {
      byte[] value = KeyBuilder.key().u64(number).done();
      kept.getMessageIdsList().forEach(id -> tx.put(Table.QUARANTINE, messageKey(kept, id), value));
    }
    if (needsRoom(kept)) {
      add(tx, kept, 1);
    } else {
      tx.put(Table.QUARANTINE, key(PLACE, kept.getPosition()), KeyBuilder.key().u64(number).done());
      tx.afterCommit(() -> places.add(kept.getPosition()));
    }
    return OptionalLong.of(number);
  }

  private static boolean needsRoom(QuarantineRecord record) {
    return record.getStep() != QuarantineStep.QUARANTINE_STEP_DELIVERING;
  }

  private static boolean isReceived(QuarantineRecord record) {
    return record.getStep() == QuarantineStep.QUARANTINE_STEP_RECEIVING;
  }

  private boolean hasRoom(Transaction tx, QuarantineRecord kept) {
    Use all = use(tx, ALL).plus(1, kept.getBytes());
    Use agencys = use(tx, kept.getAgency()).plus(1, kept.getBytes());
    return limits.allow(all, kept.getAgency().isEmpty() ? new Use(0, 0) : agencys);
  }

  /** Adds one to what is used, or takes it off. */
  private static void add(Transaction tx, QuarantineRecord record, int one) {
    long bytes = one * record.getBytes();
    use(tx, ALL, use(tx, ALL).plus(one, bytes));
    if (!record.getAgency().isEmpty()) {
      use(tx, record.getAgency(), use(tx, record.getAgency()).plus(one, bytes));
    }
  }

  /** The number under which the next would wait. */
  public long next(Transaction tx) {
    byte[] last = tx.get(Table.META, LAST);
    return (last == null ? 0 : BigEndian.u64(last, 0)) + 1;
  }

  /** The place to which the sealed reason of an entry is bound, also once it is decided. */
  public static RecordPlace reasonPlace(long number) {
    return new RecordPlace(Table.QUARANTINE, key(WAITING, number), "reason");
  }

  /** Replaces a waiting entry, such as after another failed try. */
  public void update(Transaction tx, long number, QuarantineRecord record) {
    tx.put(Table.QUARANTINE, key(WAITING, number), record.toByteArray());
  }

  /** Settles an entry in this state and removes its content. */
  public QuarantineRecord settle(
      Transaction tx, long number, QuarantineRecord waiting, QuarantineState state) {
    QuarantineRecord decided =
        waiting.toBuilder().setState(state).setDecidedAtMs(tx.nowMillis()).build();
    tx.delete(Table.QUARANTINE, key(WAITING, number));
    tx.delete(Table.QUARANTINE, key(CONTENT, number));
    tx.put(Table.QUARANTINE, key(DECIDED, number), decided.toByteArray());
    if (isReceived(waiting)) {
      for (ByteString id : waiting.getMessageIdsList()) {
        byte[] last = tx.get(Table.QUARANTINE, messageKey(waiting, id));
        if (last != null && BigEndian.u64(last, 0) == number) {
          tx.delete(Table.QUARANTINE, messageKey(waiting, id));
        }
      }
    }
    if (needsRoom(waiting)) {
      add(tx, waiting, -1);
    } else {
      tx.delete(Table.QUARANTINE, key(PLACE, waiting.getPosition()));
      tx.afterCommit(() -> places.remove(waiting.getPosition()));
    }
    return decided;
  }

  /** An entry as the transaction sees it, waiting or decided, or null. */
  public @Nullable QuarantineRecord read(Transaction tx, long number) {
    byte[] value = tx.get(Table.QUARANTINE, key(WAITING, number));
    value = value == null ? tx.get(Table.QUARANTINE, key(DECIDED, number)) : value;
    return value == null ? null : parse(value);
  }

  /** The waiting entry of a received envelope with this message of an origin, the latest; or 0. */
  public long received(Transaction tx, AgencyName origin, MessageId id) {
    byte[] number = tx.get(Table.QUARANTINE, messageKey(origin.value(), id.bytes()));
    return number == null ? 0 : BigEndian.u64(number, 0);
  }

  /** A committed entry, waiting or decided, or null. */
  public @Nullable QuarantineRecord read(long number) {
    byte[] value = store.get(Table.QUARANTINE, key(WAITING, number));
    value = value == null ? store.get(Table.QUARANTINE, key(DECIDED, number)) : value;
    return value == null ? null : parse(value);
  }

  /** The content for a retry of a committed waiting entry; null if it is stored elsewhere. */
  public byte @Nullable [] content(long number) {
    return store.get(Table.QUARANTINE, key(CONTENT, number));
  }

  /** The same as the transaction sees it. */
  public byte @Nullable [] content(Transaction tx, long number) {
    return tx.get(Table.QUARANTINE, key(CONTENT, number));
  }

  /** Committed waiting entries after a number, oldest first, at most {@code most}. */
  public List<Entry> waiting(long after, int most) {
    return page(WAITING, after, most);
  }

  /** Committed decided entries after a number, at most {@code most}. */
  public List<Entry> decided(long after, int most) {
    return page(DECIDED, after, most);
  }

  private List<Entry> page(int space, long after, int most) {
    List<Entry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.QUARANTINE, key(space, after + 1), prefix(space + 1))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        QuarantineRecord record = readable(scan);
        if (record != null) {
          out.add(new Entry(BigEndian.u64(scan.key(), 1), record));
        }
      }
    }
    return out;
  }

  /** Removes entries decided before a time, at most {@code most}; returns how many. */
  public int prune(Transaction tx, long beforeMillis, int most) {
    int pruned = 0;
    for (Entry entry : decided(0, most)) {
      if (entry.record().getDecidedAtMs() < beforeMillis) {
        tx.delete(Table.QUARANTINE, key(DECIDED, entry.number()));
        pruned++;
      }
    }
    return pruned;
  }

  /** Whether the received message at a position is quarantined and so not delivered. Quick. */
  public boolean holds(long position) {
    return places.contains(position);
  }

  /** The same as the transaction sees it. */
  public boolean holds(Transaction tx, long position) {
    return tx.get(Table.QUARANTINE, key(PLACE, position)) != null;
  }

  /** The committed use of what needs room. */
  public Use use() {
    return decode(store.get(Table.QUARANTINE, useKey(ALL)));
  }

  /** The number of waiting entries at each step. Reads all of them. */
  public Map<QuarantineStep, Long> counts() {
    Map<QuarantineStep, Long> counts = new EnumMap<>(QuarantineStep.class);
    try (Scan scan = store.scan(Table.QUARANTINE, prefix(WAITING), prefix(WAITING + 1))) {
      while (scan.hasNext()) {
        scan.next();
        QuarantineRecord record = readable(scan);
        if (record != null) {
          counts.merge(record.getStep(), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  private static Use use(Transaction tx, String agency) {
    return decode(tx.get(Table.QUARANTINE, useKey(agency)));
  }

  private static void use(Transaction tx, String agency, Use use) {
    if (use.messages() > 0) {
      byte[] value = KeyBuilder.key().u64(use.messages()).u64(use.bytes()).done();
      tx.put(Table.QUARANTINE, useKey(agency), value);
    } else {
      tx.delete(Table.QUARANTINE, useKey(agency));
    }
  }

  private static Use decode(byte @Nullable [] value) {
    return value == null
        ? new Use(0, 0)
        : new Use(BigEndian.u64(value, 0), BigEndian.u64(value, 8));
  }

  /** The record of a scan, or null if it cannot be read: it must not hide the others. */
  private @Nullable QuarantineRecord readable(Scan scan) {
    try {
      return parse(scan.value());
    } catch (CorruptRecord e) {
      unreadable.found(Table.QUARANTINE, Long.toString(BigEndian.u64(scan.key(), 1)), e);
      return null;
    }
  }

  private static QuarantineRecord parse(byte[] value) {
    return CorruptRecord.parse(QuarantineRecord.parser(), value, "QUARANTINE");
  }

  private static byte[] prefix(int space) {
    return new byte[] {(byte) space};
  }

  private static byte[] key(int space, long number) {
    return KeyBuilder.key().u8(space).u64(number).done();
  }

  private static byte[] messageKey(QuarantineRecord record, ByteString id) {
    return messageKey(record.getAgency(), id.toByteArray());
  }

  private static byte[] messageKey(String origin, byte[] id) {
    return KeyBuilder.key().u8(MESSAGE).ascii(origin).bytes(id).done();
  }

  private static byte[] useKey(String agency) {
    return KeyBuilder.key().u8(USE).ascii(agency).done();
  }
}
