package org.entente.gateway.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Keys;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * What each recipient of a message of this agency said last of who acts on it, sealed.
 *
 * <pre>
 * CHARGE u8 1 · 16-byte message id · ascii agency                     → u32 last day · sealed record
 * CHARGE u8 2 · u32 last day · 16-byte message id · ascii agency      → empty
 * </pre>
 *
 * The last day is that of the bucket under whose key the record is sealed, days since 1970.
 */
public final class ChargeBook {
  private static final int STATE = 1;
  private static final int ENDS = 2;
  private static final int AGENCY_AT = 1 + MessageId.SIZE;
  private static final int DAY_BYTES = 4;
  private static final byte[] NOTHING = new byte[0];

  private final Store store;

  /** The charges of a store. */
  ChargeBook(Store store) {
    this.store = store;
  }

  /**
   * What one recipient said last of one message.
   *
   * @param place where the next page begins
   * @param sealed not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(byte[] place, MessageId id, AgencyName agency, byte[] sealed) {}

  /** Puts it in the place of what was said before. */
  void put(Transaction tx, MessageId id, AgencyName agency, long lastDay, byte[] sealed) {
    byte[] key = key(id, agency);
    byte[] before = tx.get(Table.CHARGE, key);
    if (before != null) {
      tx.delete(Table.CHARGE, endKey(BigEndian.u32(before, 0), key));
    }
    tx.put(Table.CHARGE, key, Keys.key().u32(lastDay).bytes(sealed).done());
    tx.put(Table.CHARGE, endKey(lastDay, key), NOTHING);
  }

  /** What was said last, sealed; null if nothing was. */
  byte @Nullable [] read(Transaction tx, MessageId id, AgencyName agency) {
    byte[] value = tx.get(Table.CHARGE, key(id, agency));
    return value == null ? null : sealed(value);
  }

  /**
   * Committed entries in the order of message ids and agencies, at most so many.
   *
   * @param of of this message only; null for all
   * @param after a place of the page before; empty for the first
   */
  List<Entry> page(@Nullable MessageId of, byte[] after, int most) {
    byte[] prefix =
        of == null ? Keys.key().u8(STATE).done() : Keys.key().u8(STATE).bytes(of.bytes()).done();
    byte[] from = after.length == 0 ? prefix : Keys.key().u8(STATE).bytes(after).u8(0).done();
    byte[] end = Keys.endOf(prefix);
    List<Entry> out = new ArrayList<>();
    boolean outside =
        Arrays.compareUnsigned(from, prefix) < 0
            || (end != null && Arrays.compareUnsigned(from, end) >= 0);
    if (outside) {
      return out;
    }
    try (Scan scan = store.scan(Table.CHARGE, from, end)) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        out.add(
            new Entry(
                Arrays.copyOfRange(key, 1, key.length),
                MessageId.of(Arrays.copyOfRange(key, 1, AGENCY_AT)),
                agency(key),
                sealed(scan.value())));
      }
    }
    return out;
  }

  /**
   * Forgets what was sealed for buckets that ended before a day, at most so many; how many went.
   */
  public int prune(Transaction tx, long today, int most) {
    int gone = 0;
    byte[] end = Keys.key().u8(ENDS).u32(today).done();
    try (Scan scan = tx.scanCommitted(Table.CHARGE, Keys.key().u8(ENDS).done(), end)) {
      while (gone < most && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        byte[] state = Arrays.copyOfRange(key, DAY_BYTES, key.length);
        state[0] = STATE;
        byte[] value = tx.get(Table.CHARGE, state);
        if (value != null && BigEndian.u32(value, 0) == BigEndian.u32(key, 1)) {
          tx.delete(Table.CHARGE, state);
        }
        tx.delete(Table.CHARGE, key);
        gone++;
      }
    }
    return gone;
  }

  private static byte[] sealed(byte[] value) {
    return Arrays.copyOfRange(value, DAY_BYTES, value.length);
  }

  private static AgencyName agency(byte[] key) {
    int length = key[AGENCY_AT] & 0xff;
    return new AgencyName(new String(key, AGENCY_AT + 1, length, StandardCharsets.US_ASCII));
  }

  private static byte[] key(MessageId id, AgencyName agency) {
    return Keys.key().u8(STATE).bytes(id.bytes()).ascii(agency.value()).done();
  }

  private static byte[] endKey(long lastDay, byte[] key) {
    return Keys.key().u8(ENDS).u32(lastDay).bytes(Arrays.copyOfRange(key, 1, key.length)).done();
  }
}
