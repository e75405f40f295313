package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CommittedTail;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.jspecify.annotations.Nullable;

/**
 * The send queues to peers: per peer and lane an epoch and strictly numbered entries, kept until
 * the peer has acknowledged them.
 *
 * <pre>
 * META    "hop-epoch"                             → u64 least epoch; absent: 1
 * META    "hop-out" ascii peer · u8 lane          → u64 epoch · u64 next
 * HOP_OUT ascii peer · u8 lane · u64 sequence     → HopEntry
 * </pre>
 */
public final class HopQueueTable {
  private static final String HEAD = "hop-out";
  private static final byte[] LEAST_EPOCH = KeyBuilder.key().ascii("hop-epoch").done();

  /** Stands for an unreadable entry. Its hash was never sent, so no receipt can match it. */
  private static final HopEntry UNREADABLE =
      HopEntry.newBuilder().setHeaderHash(ByteString.copyFrom(new byte[32])).build();

  /** Bytes of the newest entries of all queues held in memory, as serialised. */
  private static final long TAIL_BYTES = 1 << 20;

  /** The newest entries of all queues held in memory. */
  private static final int TAIL_ENTRIES = 1_000;

  private final Store store;
  private final UnreadableRecords unreadable;
  private final CustodyBytes custody;

  /** A link that keeps up sends what was just committed. */
  private final CommittedTail<Line, StoredEntry> tail =
      new CommittedTail<>(TAIL_BYTES, TAIL_ENTRIES);

  /** Heads committed by this process, as each outgoing envelope needs one. */
  private final Map<Line, Head> heads = new ConcurrentHashMap<>();

  /** The queues of a store; counts the entries that are held for others. */
  public HopQueueTable(Store store, UnreadableRecords unreadable, CustodyBytes custody) {
    this.store = store;
    this.unreadable = unreadable;
    this.custody = custody;
    try (Scan scan = store.scan(Table.HOP_OUT, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        String unusedPeer = key.ascii();
        count(Lane.of(key.u8()), scan.value(), 1);
      }
    }
  }

  /** Counts an entry that is held for others, which alone has a path. */
  private void count(Lane lane, byte[] value, int sign) {
    try {
      HopEntry entry = HopEntry.parseFrom(value);
      int carriers = entry.getPathCount();
      if (carriers > 0) {
        CustodyBytes.Account account =
            new CustodyBytes.Account(entry.getPath(carriers - 1), entry.getPath(0), lane);
        custody.add(account, (long) sign * value.length);
        for (HopRecipient recipient : entry.getRecipientsList()) {
          custody.addPart(account, recipient.getAgency(), sign * part(entry, recipient));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      // Reported when it is read.
    }
  }

  private static long part(HopEntry entry, HopRecipient recipient) {
    return (long) entry.getSize() + recipient.getSerializedSize();
  }

  /** Epoch and next number of a queue. A queue never used is in epoch 1 with next number 1. */
  public record Head(long epoch, long next) {}

  private record Line(AgencyName peer, Lane lane) {}

  /** As serialised, so that it holds no part of a frame with which it came. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record StoredEntry(long sequence, byte[] value) {}

  /** An entry with its number. */
  public record NumberedEntry(long sequence, HopEntry entry) {}

  /** An entry with its place. */
  public record PlacedEntry(AgencyName peer, Lane lane, long sequence, HopEntry entry) {}

  /**
   * Committed entries of all queues behind a place, without those that cannot be read.
   *
   * @param last the last entry of the page before; null for the first page
   * @return the page, empty behind the last entry
   */
  public List<PlacedEntry> page(@Nullable PlacedEntry last, int most) {
    byte[] from = last == null ? new byte[0] : key(last.peer(), last.lane(), last.sequence() + 1);
    List<PlacedEntry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.HOP_OUT, from, null)) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        AgencyName peer = new AgencyName(key.ascii());
        Lane lane = Lane.of(key.u8());
        long sequence = key.u64();
        out.add(new PlacedEntry(peer, lane, sequence, parse(peer, lane, sequence, scan.value())));
      }
    }
    return out;
  }

  /**
   * Leaves an entry that is held for others without recipients: its number is sent as a void.
   *
   * @return whether it had any
   */
  public boolean empty(Transaction tx, PlacedEntry placed) {
    byte[] key = key(placed.peer(), placed.lane(), placed.sequence());
    byte[] value = tx.get(Table.HOP_OUT, key);
    if (value == null) {
      return false;
    }
    HopEntry entry = parse(placed.peer(), placed.lane(), placed.sequence(), value);
    if (entry.getPathCount() == 0) {
      return false;
    }
    HopEntry empty = entry.toBuilder().clearRecipients().clearPath().setSize(0).build();
    overwrite(tx, placed.peer(), placed.lane(), placed.sequence(), empty);
    tx.afterCommit(() -> count(placed.lane(), value, -1));
    return true;
  }

  /** Adds an entry; returns its number. */
  public long append(Transaction tx, AgencyName peer, Lane lane, HopEntry entry) {
    byte[] headKey = headKey(peer, lane);
    Head head = decode(tx.get(Table.META, headKey), tx.get(Table.META, LEAST_EPOCH));
    byte[] value = entry.toByteArray();
    tx.put(Table.HOP_OUT, key(peer, lane, head.next()), value);
    StoredEntry stored = new StoredEntry(head.next(), value);
    tx.afterCommit(() -> tail.add(new Line(peer, lane), head.next(), stored, value.length));
    if (entry.getPathCount() > 0) {
      tx.afterCommit(() -> count(lane, value, 1));
    }
    put(tx, peer, lane, new Head(head.epoch(), head.next() + 1));
    return head.next();
  }

  private void put(Transaction tx, AgencyName peer, Lane lane, Head head) {
    tx.put(Table.META, headKey(peer, lane), encode(head));
    tx.afterCommit(() -> heads.put(new Line(peer, lane), head));
  }

  /** Removes and returns an entry; null if there is none. An unreadable entry has no recipient. */
  public @Nullable HopEntry remove(Transaction tx, AgencyName peer, Lane lane, long sequence) {
    byte[] key = key(peer, lane, sequence);
    byte[] value = tx.get(Table.HOP_OUT, key);
    if (value == null) {
      return null;
    }
    tx.delete(Table.HOP_OUT, key);
    tx.afterCommit(() -> tail.remove(new Line(peer, lane), sequence));
    HopEntry entry = parse(peer, lane, sequence, value);
    if (entry.getPathCount() > 0) {
      tx.afterCommit(() -> count(lane, value, -1));
    }
    if (!unreadable.isEmpty()) {
      tx.afterCommit(() -> unreadable.settled(Table.HOP_OUT, name(peer, lane, sequence)));
    }
    return entry;
  }

  /** Replaces an entry that is still queued; false if it is not. */
  public boolean replace(
      Transaction tx, AgencyName peer, Lane lane, long sequence, HopEntry entry) {
    if (tx.get(Table.HOP_OUT, key(peer, lane, sequence)) == null) {
      return false;
    }
    overwrite(tx, peer, lane, sequence, entry);
    return true;
  }

  private void overwrite(
      Transaction tx, AgencyName peer, Lane lane, long sequence, HopEntry entry) {
    byte[] value = entry.toByteArray();
    tx.put(Table.HOP_OUT, key(peer, lane, sequence), value);
    StoredEntry stored = new StoredEntry(sequence, value);
    tx.afterCommit(() -> tail.replace(new Line(peer, lane), sequence, stored, value.length));
  }

  /** Opens a higher epoch; numbers continue. A lower or equal epoch changes nothing. */
  public void openEpoch(Transaction tx, AgencyName peer, Lane lane, long epoch) {
    byte[] headKey = headKey(peer, lane);
    Head head = decode(tx.get(Table.META, headKey), tx.get(Table.META, LEAST_EPOCH));
    if (epoch > head.epoch()) {
      put(tx, peer, lane, new Head(epoch, head.next()));
    }
  }

  /** Committed epoch and next number. */
  public Head head(AgencyName peer, Lane lane) {
    Head known = heads.get(new Line(peer, lane));
    if (known != null) {
      return known;
    }
    return decode(store.get(Table.META, headKey(peer, lane)), store.get(Table.META, LEAST_EPOCH));
  }

  /**
   * Raises the least epoch, because this ledger may have forgotten numbers that peers have seen:
   * queued entries keep their numbers and are sent in an epoch of at least this.
   *
   * @param by increase over the previous least epoch; from 1
   */
  public static void raiseEpoch(Store store, Batch batch, long by) {
    long least = decode(null, store.get(Table.META, LEAST_EPOCH)).epoch();
    batch.put(Table.META, LEAST_EPOCH, KeyBuilder.key().u64(least + by).done());
  }

  /** Lowest committed number still queued; the next number if there is none. */
  public long first(AgencyName peer, Lane lane) {
    byte[] prefix = prefix(peer, lane);
    long next = head(peer, lane).next();
    try (Scan scan = store.scan(Table.HOP_OUT, prefix, KeyBuilder.endOf(prefix))) {
      if (!scan.hasNext()) {
        return next;
      }
      scan.next();
      return sequenceOf(scan.key());
    }
  }

  /**
   * Committed entries from a number on, in order, bounded by count and by sum of sizes. An
   * unreadable entry has no recipient, so its number is sent as a void and the lane continues: its
   * origin sends the envelope again, or the publisher learns of the non-delivery. If the peer has
   * already accepted it, the conflict stops the lane until operators resume it.
   */
  public List<NumberedEntry> read(
      AgencyName peer, Lane lane, long from, int maxEntries, long maxBytes) {
    List<StoredEntry> newest = tail.from(new Line(peer, lane), from, maxEntries);
    List<NumberedEntry> out = new ArrayList<>();
    long bytes = 0;
    if (newest != null) {
      for (int i = 0; i < newest.size() && bytes < maxBytes; i++) {
        bytes += add(out, peer, lane, newest.get(i));
      }
      return out;
    }
    byte[] end = KeyBuilder.endOf(prefix(peer, lane));
    try (Scan scan = store.scan(Table.HOP_OUT, key(peer, lane, from), end)) {
      while (out.size() < maxEntries && bytes < maxBytes && scan.hasNext()) {
        scan.next();
        bytes += add(out, peer, lane, new StoredEntry(sequenceOf(scan.key()), scan.value()));
      }
    }
    return out;
  }

  /** Adds an entry; returns the size that it states. */
  private long add(List<NumberedEntry> out, AgencyName peer, Lane lane, StoredEntry stored) {
    HopEntry entry = parse(peer, lane, stored.sequence(), stored.value());
    out.add(new NumberedEntry(stored.sequence(), entry));
    return entry.getSize();
  }

  /** The count of numbers from the first queued one to the next. */
  public long depth(AgencyName peer, Lane lane) {
    return Math.max(0, head(peer, lane).next() - first(peer, lane));
  }

  /** Time at which the oldest entry was queued, milliseconds since 1970; 0 if there is none. */
  public long oldestMillis(AgencyName peer, Lane lane) {
    List<NumberedEntry> oldest = read(peer, lane, 0, 1, 1);
    return oldest.isEmpty() ? 0 : oldest.get(0).entry().getQueuedAtMs();
  }

  private HopEntry parse(AgencyName peer, Lane lane, long sequence, byte[] value) {
    try {
      return HopEntry.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      unreadable.found(Table.HOP_OUT, name(peer, lane, sequence), e);
      return UNREADABLE;
    }
  }

  private static String name(AgencyName peer, Lane lane, long sequence) {
    return peer + " " + lane + " number " + sequence;
  }

  private static long sequenceOf(byte[] key) {
    return BigEndian.u64(key, key.length - 8);
  }

  private static byte[] prefix(AgencyName peer, Lane lane) {
    return KeyBuilder.key().ascii(peer.value()).u8(lane.number()).done();
  }

  private static byte[] key(AgencyName peer, Lane lane, long sequence) {
    return KeyBuilder.key().ascii(peer.value()).u8(lane.number()).u64(sequence).done();
  }

  private static byte[] headKey(AgencyName peer, Lane lane) {
    return KeyBuilder.key().ascii(HEAD).ascii(peer.value()).u8(lane.number()).done();
  }

  private static byte[] encode(Head head) {
    return KeyBuilder.key().u64(head.epoch()).u64(head.next()).done();
  }

  private static Head decode(byte @Nullable [] value, byte @Nullable [] leastEpoch) {
    long least = leastEpoch == null ? 1 : BigEndian.u64(leastEpoch, 0);
    return value == null
        ? new Head(least, 1)
        : new Head(Math.max(least, BigEndian.u64(value, 0)), BigEndian.u64(value, 8));
  }
}
