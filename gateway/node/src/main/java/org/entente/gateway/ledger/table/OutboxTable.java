package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.ClientBytes;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.jspecify.annotations.Nullable;

/**
 * Messages that this agency has sent and the recipient does not hold yet: per recipient and lane an
 * epoch and origin numbers, each kept until it is resolved.
 *
 * <pre>
 * META   "origin-epoch"                                            → u64 least epoch; absent: 1
 * META   "origin-out" ascii recipient · u8 lane                    → u64 epoch · u64 next ·
 *                                                                    u64 bytes of all entries ·
 *                                                                    (earlier u64 epoch)*, up to 6
 * META   "origin-out-client" ascii recipient · u8 1 for FLASH, otherwise 0 · client's token
 *                                                                  → u64 bytes in all entries
 * OUTBOX ascii recipient · u8 lane · u64 epoch · u64 sequence      → OutboxEntry
 * </pre>
 *
 * Every start raises the least epoch, so that a ledger rolled back by any means never reuses a
 * number. Earlier numbers stay in their own epoch; the next one of each recipient and lane is the
 * first of the least epoch. Recipients remember a few epochs, so an entry of a too old epoch gets
 * another number ({@link #move}).
 *
 * <p>An unreadable entry blocks no other: it is reported once ({@link UnreadableRecords}), is not
 * sent, and stays owed.
 */
public final class OutboxTable {
  private static final String HEAD = "origin-out";
  private static final String CLIENT = "origin-out-client";

  /**
   * Earlier epochs in which entries may be owed; with the present one, fewer than recipients keep.
   */
  private static final int EARLIER_EPOCHS = OriginWindows.MAX_EPOCHS - 2;

  private static final byte[] LEAST_EPOCH = KeyBuilder.key().ascii("origin-epoch").done();

  private final Store store;
  private final UnreadableRecords unreadable;
  private final Set<OwedNumbers> passedOver = ConcurrentHashMap.newKeySet();

  /**
   * The first number possibly owed: numbers only rise, so nothing below is ever owed again. A scan
   * from the first number would step over every entry settled since the store last wrote the table
   * to a file.
   */
  private final Map<Line, OriginNumber> begins = new ConcurrentHashMap<>();

  /** Bytes of the committed entries; of each recipient and lane that ever had one. */
  private final Map<Line, Long> bytes = new ConcurrentHashMap<>();

  public OutboxTable(Store store, UnreadableRecords unreadable) {
    this.store = store;
    this.unreadable = unreadable;
    for (Lane lane : Lane.all()) {
      for (AgencyName recipient : recipients(lane)) {
        bytes.put(new Line(recipient, lane), head(recipient, lane).bytes());
      }
    }
  }

  private record Line(AgencyName recipient, Lane lane) {}

  private record OwedNumbers(AgencyName recipient, OriginNumber number) {
    @Override
    public String toString() {
      return recipient
          + " "
          + number.lane()
          + " epoch "
          + number.epoch()
          + " number "
          + number.sequence();
    }
  }

  /** An entry with its number. */
  public record NumberedEntry(OriginNumber number, OutboxEntry entry) {}

  /** The next number, and the earlier epochs, the latest first. */
  private record Head(long epoch, long next, long bytes, List<Long> before) {
    static final Head NEW = new Head(0, 1, 0, List.of());

    static Head parse(byte @Nullable [] value) {
      if (value == null) {
        return NEW;
      }
      List<Long> before = new ArrayList<>();
      for (int at = 24; at < value.length; at += 8) {
        before.add(BigEndian.u64(value, at));
      }
      return new Head(
          BigEndian.u64(value, 0), BigEndian.u64(value, 8), BigEndian.u64(value, 16), before);
    }

    Head in(long least) {
      if (epoch >= least) {
        return this;
      }
      List<Long> earlier = new ArrayList<>(before);
      if (epoch > 0) {
        earlier.add(0, epoch);
      }
      return new Head(
          least, 1, bytes, earlier.subList(0, Math.min(earlier.size(), EARLIER_EPOCHS)));
    }

    Head after(long more) {
      return new Head(epoch, next + 1, bytes + more, before);
    }

    Head without(long less) {
      return new Head(epoch, next, Math.max(0, bytes - less), before);
    }

    byte[] encode() {
      KeyBuilder out = KeyBuilder.key().u64(epoch).u64(next).u64(bytes);
      before.forEach(out::u64);
      return out.done();
    }
  }

  /** Assigns the next number to an entry. */
  public OriginNumber append(Transaction tx, AgencyName recipient, Lane lane, OutboxEntry entry) {
    byte[] headKey = headKey(recipient, lane);
    Head head =
        Head.parse(tx.get(Table.META, headKey)).in(leastEpoch(tx.get(Table.META, LEAST_EPOCH)));
    OriginNumber number = new OriginNumber(head.epoch(), lane, head.next());
    tx.put(Table.OUTBOX, key(recipient, number), entry.toByteArray());
    put(tx, new Line(recipient, lane), head.after(entry.getBytes()));
    entry.getClientsList().forEach(one -> count(tx, recipient, lane, one, one.getBytes()));
    return number;
  }

  private static void count(
      Transaction tx, AgencyName recipient, Lane lane, ClientBytes client, long more) {
    byte[] key = clientKey(recipient, lane, client.getToken());
    long now = clientBytes(tx.get(Table.META, key)) + more;
    if (now > 0) {
      tx.put(Table.META, key, KeyBuilder.key().u64(now).done());
    } else {
      tx.delete(Table.META, key);
    }
  }

  private void put(Transaction tx, Line line, Head head) {
    tx.put(Table.META, headKey(line.recipient(), line.lane()), head.encode());
    tx.afterCommit(() -> bytes.put(line, head.bytes()));
  }

  /**
   * Bytes of the envelopes that a recipient does not hold yet, each counted for each recipient:
   * those of FLASH, or those of all other lanes. An entry that cannot be read stays counted.
   */
  public long bytes(AgencyName recipient, Lane lane) {
    long all = 0;
    for (Lane one : Lane.all()) {
      if ((one == Lane.FLASH) == (lane == Lane.FLASH)) {
        all += bytes.getOrDefault(new Line(recipient, one), 0L);
      }
    }
    return all;
  }

  /** As {@link #bytes(AgencyName, Lane)}, of one lane alone. */
  public long laneBytes(AgencyName recipient, Lane lane) {
    return bytes.getOrDefault(new Line(recipient, lane), 0L);
  }

  /**
   * Bytes of one client's messages in committed entries: those of FLASH, or those of all other
   * lanes, each counted for each recipient.
   */
  public long bytes(AgencyName recipient, Lane lane, ByteString client) {
    return clientBytes(store.get(Table.META, clientKey(recipient, lane, client)));
  }

  private static long clientBytes(byte @Nullable [] value) {
    return value == null ? 0 : BigEndian.u64(value, 0);
  }

  /**
   * Moves an entry from its number to the next one.
   *
   * @param entry the entry, changed but for its size
   */
  public OriginNumber move(
      Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    remove(tx, recipient, number, entry);
    return append(tx, recipient, number.lane(), entry);
  }

  /** Recipients that were ever assigned a number in a lane. */
  public List<AgencyName> recipients(Lane lane) {
    byte[] prefix = KeyBuilder.key().ascii(HEAD).done();
    List<AgencyName> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.META, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.ascii();
        AgencyName recipient = new AgencyName(key.ascii());
        if (key.u8() == lane.number()) {
          out.add(recipient);
        }
      }
    }
    return out;
  }

  /** Epoch of the numbers now assigned to a recipient in a lane. */
  public long epoch(AgencyName recipient, Lane lane) {
    return head(recipient, lane).epoch();
  }

  /**
   * The oldest epoch in which entries may stay owed to a recipient in a lane. The recipient soon
   * stops accepting epochs below it.
   */
  public long oldestEpoch(AgencyName recipient, Lane lane) {
    List<Long> before = head(recipient, lane).before();
    return before.size() < EARLIER_EPOCHS ? 0 : before.get(before.size() - 1);
  }

  private Head head(AgencyName recipient, Lane lane) {
    return Head.parse(store.get(Table.META, headKey(recipient, lane)))
        .in(leastEpoch(store.get(Table.META, LEAST_EPOCH)));
  }

  /**
   * Begins another epoch of all numbers, durably, because this ledger may have forgotten some that
   * it assigned: after a disk crash, a restore, or an unreported snapshot of its machine. No number
   * of a lower epoch is ever assigned again.
   *
   * @param epoch the least new epoch, the time in seconds, so that no two restores of a ledger
   *     begin the same one
   * @param further the least increase over the previous epoch, from 1; random if the clock is
   *     unreliable
   */
  public static void beginEpoch(Store store, long epoch, long further) {
    long least = leastEpoch(store.get(Table.META, LEAST_EPOCH));
    Batch batch = store.batch();
    batch.put(
        Table.META, LEAST_EPOCH, KeyBuilder.key().u64(Math.max(epoch, least + further)).done());
    store.commit(batch, Durability.SYNCED);
  }

  private static long leastEpoch(byte @Nullable [] value) {
    return value == null ? 1 : BigEndian.u64(value, 0);
  }

  /** An entry as the transaction sees it, or null if it is resolved or unreadable. */
  public @Nullable OutboxEntry read(Transaction tx, AgencyName recipient, OriginNumber number) {
    return parse(new OwedNumbers(recipient, number), tx.get(Table.OUTBOX, key(recipient, number)));
  }

  /** A committed entry, or null if it is resolved or unreadable. */
  public @Nullable OutboxEntry read(AgencyName recipient, OriginNumber number) {
    return parse(
        new OwedNumbers(recipient, number), store.get(Table.OUTBOX, key(recipient, number)));
  }

  /** Whether a committed entry is owed under a number, readable or not. */
  public boolean isOwed(AgencyName recipient, OriginNumber number) {
    return store.get(Table.OUTBOX, key(recipient, number)) != null;
  }

  /** Replaces an entry. */
  public void update(Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    tx.put(Table.OUTBOX, key(recipient, number), entry.toByteArray());
  }

  /** Replaces an entry by a void one: its envelope is released, and its number is still owed. */
  public void withdraw(
      Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    uncount(tx, recipient, number, entry);
    OutboxEntry.Builder withdrawn =
        entry.toBuilder()
            .clearBytes()
            .clearClients()
            .clearUndecided()
            .clearUndecidedCode()
            .clearUndecidedReason();
    update(tx, recipient, number, withdrawn.setState(OutboxState.OUTBOX_STATE_VOID).build());
  }

  /** Removes an entry, if it is there: its number is resolved. */
  public void remove(Transaction tx, AgencyName recipient, OriginNumber number) {
    remove(tx, recipient, number, readable(tx.get(Table.OUTBOX, key(recipient, number))));
  }

  private void uncount(
      Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    if (entry.getBytes() > 0) {
      Head head = Head.parse(tx.get(Table.META, headKey(recipient, number.lane())));
      put(tx, new Line(recipient, number.lane()), head.without(entry.getBytes()));
    }
    entry
        .getClientsList()
        .forEach(one -> count(tx, recipient, number.lane(), one, -one.getBytes()));
  }

  /** The same for one that was read in this transaction. */
  public void remove(Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    tx.delete(Table.OUTBOX, key(recipient, number));
    uncount(tx, recipient, number, entry);
    if (!passedOver.isEmpty()) {
      OwedNumbers owed = new OwedNumbers(recipient, number);
      tx.afterCommit(
          () -> {
            passedOver.remove(owed);
            unreadable.settled(Table.OUTBOX, owed.toString());
          });
    }
  }

  /**
   * Numbers of entries found unreadable. They stay owed; only the recipient's statement that it
   * holds them settles them.
   */
  public List<OriginNumber> unreadable(AgencyName recipient, Lane lane) {
    return passedOver.stream()
        .filter(owed -> owed.recipient().equals(recipient) && owed.number().lane() == lane)
        .map(OwedNumbers::number)
        .toList();
  }

  /**
   * Committed entries of a recipient and lane after a number (null: all), in order, at most {@code
   * most}. Skips unreadable ones.
   */
  public List<NumberedEntry> page(
      AgencyName recipient, Lane lane, @Nullable OriginNumber after, int most) {
    Line line = new Line(recipient, lane);
    if (!bytes.containsKey(line)) {
      return List.of(); // nothing was ever sent there, as to most agencies of a federation
    }
    OriginNumber next = assignedNext(line);
    if (after == null && begin(line).compareTo(next) >= 0) {
      return List.of();
    }
    byte[] from =
        key(
            recipient,
            after == null
                ? begin(line)
                : new OriginNumber(after.epoch(), lane, after.sequence() + 1));
    OriginNumber first = null;
    List<NumberedEntry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.OUTBOX, from, KeyBuilder.endOf(prefix(recipient, lane)))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        OriginNumber number = numberOf(scan.key(), lane);
        first = first == null ? number : first;
        OutboxEntry entry = parse(new OwedNumbers(recipient, number), scan.value());
        if (entry != null) {
          out.add(new NumberedEntry(number, entry));
        }
      }
    }
    if (after == null && most > 0) {
      beginsAt(line, first == null ? next : first);
    }
    return out;
  }

  /**
   * The lowest owed number of an epoch; if none is owed, the one after the last ever assigned
   * there. Everything below is settled permanently.
   *
   * @param highest the highest number of the epoch that the recipient is known to hold
   */
  public long firstOwed(AgencyName recipient, Lane lane, long epoch, long highest) {
    // Read before the entries, so that a number assigned meanwhile is not below it. The epoch of a
    // ledger that was set back has ended, even if nothing was sent in the lane since.
    Head head = head(recipient, lane);
    long next = head.epoch() == epoch ? head.next() : highest + 1;
    Line line = new Line(recipient, lane);
    OriginNumber begin = begin(line);
    if (begin.epoch() > epoch) {
      return next;
    }
    boolean begins = begin.epoch() == epoch;
    if (begins && head.epoch() == epoch && begin.sequence() >= next) {
      return next;
    }
    OriginNumber from = begins ? begin : new OriginNumber(epoch, lane, 1);
    byte[] end =
        KeyBuilder.endOf(KeyBuilder.key().bytes(prefix(recipient, lane)).u64(epoch).done());
    try (Scan scan = store.scan(Table.OUTBOX, key(recipient, from), end)) {
      if (scan.hasNext()) {
        scan.next();
        OriginNumber first = numberOf(scan.key(), lane);
        if (begins) {
          beginsAt(line, first);
        }
        return Math.min(next, first.sequence());
      }
    }
    return next;
  }

  /**
   * The last number assigned in an epoch; of an earlier epoch it is no longer known, and the
   * greatest is given.
   */
  public long lastAssigned(AgencyName recipient, Lane lane, long epoch) {
    Head head = head(recipient, lane);
    if (epoch < head.epoch()) {
      return Long.MAX_VALUE;
    }
    return epoch == head.epoch() ? head.next() - 1 : 0;
  }

  private OriginNumber begin(Line line) {
    return begins.getOrDefault(line, new OriginNumber(1, line.lane(), 1));
  }

  private void beginsAt(Line line, OriginNumber first) {
    begins.merge(line, first, (known, found) -> found.compareTo(known) > 0 ? found : known);
  }

  /**
   * The number after the last one assigned. Read before the entries, so that no number assigned
   * meanwhile is below it.
   */
  private OriginNumber assignedNext(Line line) {
    Head head = Head.parse(store.get(Table.META, headKey(line.recipient(), line.lane())));
    return new OriginNumber(Math.max(1, head.epoch()), line.lane(), head.next());
  }

  /** Whether a recipient has no committed entry. */
  public boolean isEmpty(AgencyName recipient) {
    byte[] prefix = KeyBuilder.key().ascii(recipient.value()).done();
    try (Scan scan = store.scan(Table.OUTBOX, prefix, KeyBuilder.endOf(prefix))) {
      return !scan.hasNext();
    }
  }

  private static OriginNumber numberOf(byte[] key, Lane lane) {
    return new OriginNumber(
        BigEndian.u64(key, key.length - 16), lane, BigEndian.u64(key, key.length - 8));
  }

  private @Nullable OutboxEntry parse(OwedNumbers owed, byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      return OutboxEntry.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      passedOver.add(owed);
      unreadable.found(Table.OUTBOX, owed.toString(), e);
      return null;
    }
  }

  private static OutboxEntry readable(byte @Nullable [] entry) {
    try {
      return entry == null ? OutboxEntry.getDefaultInstance() : OutboxEntry.parseFrom(entry);
    } catch (InvalidProtocolBufferException e) {
      return OutboxEntry.getDefaultInstance(); // reported where it is read
    }
  }

  private static byte[] prefix(AgencyName recipient, Lane lane) {
    return KeyBuilder.key().ascii(recipient.value()).u8(lane.number()).done();
  }

  private static byte[] key(AgencyName recipient, OriginNumber number) {
    return KeyBuilder.key()
        .ascii(recipient.value())
        .u8(number.lane().number())
        .u64(number.epoch())
        .u64(number.sequence())
        .done();
  }

  private static byte[] clientKey(AgencyName recipient, Lane lane, ByteString client) {
    return KeyBuilder.key()
        .ascii(CLIENT)
        .ascii(recipient.value())
        .u8(lane == Lane.FLASH ? 1 : 0)
        .bytes(client.toByteArray())
        .done();
  }

  private static byte[] headKey(AgencyName recipient, Lane lane) {
    return KeyBuilder.key().ascii(HEAD).ascii(recipient.value()).u8(lane.number()).done();
  }
}
