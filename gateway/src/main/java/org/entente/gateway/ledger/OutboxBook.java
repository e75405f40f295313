package org.entente.gateway.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.OriginNumber;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Keys;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.OutboxEntry;
import org.jspecify.annotations.Nullable;

/**
 * What this agency has sent and the recipient does not hold yet: per recipient and lane an epoch
 * and end-to-end numbers, each kept until it is resolved.
 *
 * <pre>
 * META   "origin-epoch"                                            → u64 least epoch; absent: 1
 * META   "origin-out" ascii recipient · u8 lane                    → u64 epoch · u64 next
 * OUTBOX ascii recipient · u8 lane · u64 epoch · u64 sequence      → OutboxEntry
 * </pre>
 *
 * Numbers assigned before the least epoch was raised stay in their own epoch; the next one of each
 * recipient and lane, used before or not, is the first of the least epoch.
 */
public final class OutboxBook {
  private static final String HEAD = "origin-out";
  private static final byte[] LEAST_EPOCH = Keys.key().ascii("origin-epoch").done();

  private final Store store;

  OutboxBook(Store store) {
    this.store = store;
  }

  /** An entry with its number. */
  public record Numbered(OriginNumber number, OutboxEntry entry) {}

  /** Assigns the next number to an entry. */
  public OriginNumber append(Transaction tx, AgencyName recipient, Lane lane, OutboxEntry entry) {
    byte[] headKey = headKey(recipient, lane);
    byte[] head = tx.get(Table.META, headKey);
    long least = leastEpoch(tx.get(Table.META, LEAST_EPOCH));
    boolean goesOn = head != null && BigEndian.u64(head, 0) >= least;
    long epoch = goesOn && head != null ? BigEndian.u64(head, 0) : least;
    long next = goesOn && head != null ? BigEndian.u64(head, 8) : 1;
    OriginNumber number = new OriginNumber(epoch, lane, next);
    tx.put(Table.OUTBOX, key(recipient, number), entry.toByteArray());
    tx.put(Table.META, headKey, Keys.key().u64(epoch).u64(next + 1).done());
    return number;
  }

  /** Epoch of the numbers that are assigned to a recipient in a lane now. */
  public long epoch(AgencyName recipient, Lane lane) {
    byte[] head = store.get(Table.META, headKey(recipient, lane));
    long least = leastEpoch(store.get(Table.META, LEAST_EPOCH));
    return head == null ? least : Math.max(least, BigEndian.u64(head, 0));
  }

  /**
   * Raises the least epoch, because this ledger may have forgotten numbers that it had assigned: no
   * number of a lower epoch is ever assigned again.
   *
   * @param epoch at least this; in any case above the one before
   */
  public static void raiseEpoch(Store store, Batch batch, long epoch) {
    long least = Math.max(epoch, leastEpoch(store.get(Table.META, LEAST_EPOCH)) + 1);
    batch.put(Table.META, LEAST_EPOCH, Keys.key().u64(least).done());
  }

  private static long leastEpoch(byte @Nullable [] value) {
    return value == null ? 1 : BigEndian.u64(value, 0);
  }

  /** An entry as the transaction sees it, or null once resolved. */
  public @Nullable OutboxEntry read(Transaction tx, AgencyName recipient, OriginNumber number) {
    return parse(tx.get(Table.OUTBOX, key(recipient, number)));
  }

  /** A committed entry, or null once resolved. */
  public @Nullable OutboxEntry read(AgencyName recipient, OriginNumber number) {
    return parse(store.get(Table.OUTBOX, key(recipient, number)));
  }

  /** Replaces an entry. */
  public void update(Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    tx.put(Table.OUTBOX, key(recipient, number), entry.toByteArray());
  }

  /** Takes an entry out: its number is resolved. */
  public void remove(Transaction tx, AgencyName recipient, OriginNumber number) {
    tx.delete(Table.OUTBOX, key(recipient, number));
  }

  /**
   * Committed entries of a recipient and lane after a number (null: all), in order, at most so
   * many.
   */
  public List<Numbered> page(
      AgencyName recipient, Lane lane, @Nullable OriginNumber after, int most) {
    byte[] prefix = prefix(recipient, lane);
    byte[] from =
        after == null
            ? prefix
            : key(recipient, new OriginNumber(after.epoch(), lane, after.sequence() + 1));
    List<Numbered> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.OUTBOX, from, Keys.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(numbered(scan, lane));
      }
    }
    return out;
  }

  /** Whether any committed entry is left for a recipient. */
  public boolean isEmpty(AgencyName recipient) {
    byte[] prefix = Keys.key().ascii(recipient.value()).done();
    try (Scan scan = store.scan(Table.OUTBOX, prefix, Keys.endOf(prefix))) {
      return !scan.hasNext();
    }
  }

  private static Numbered numbered(Scan scan, Lane lane) {
    byte[] key = scan.key();
    OriginNumber number =
        new OriginNumber(
            BigEndian.u64(key, key.length - 16), lane, BigEndian.u64(key, key.length - 8));
    OutboxEntry entry = parse(scan.value());
    if (entry == null) {
      throw new CorruptRecord("OUTBOX", null);
    }
    return new Numbered(number, entry);
  }

  private static @Nullable OutboxEntry parse(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      return OutboxEntry.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("OUTBOX", e);
    }
  }

  private static byte[] prefix(AgencyName recipient, Lane lane) {
    return Keys.key().ascii(recipient.value()).u8(lane.number()).done();
  }

  private static byte[] key(AgencyName recipient, OriginNumber number) {
    return Keys.key()
        .ascii(recipient.value())
        .u8(number.lane().number())
        .u64(number.epoch())
        .u64(number.sequence())
        .done();
  }

  private static byte[] headKey(AgencyName recipient, Lane lane) {
    return Keys.key().ascii(HEAD).ascii(recipient.value()).u8(lane.number()).done();
  }
}
