package org.entente.gateway.ledger.table;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.ChainRecord;
import org.jspecify.annotations.Nullable;

/**
 * The changes between messages of an origin, both received ones and this agency's own. The origin
 * is part of every key, so that one origin can never change a message of another.
 *
 * <pre>
 * CHAIN u8 1 · ascii origin · 16-byte message id              → ChainRecord
 * CHAIN u8 2 · u32 day · ascii origin · 16-byte message id    → empty
 * CHAIN u8 3 and u8 4: see {@code RedeliveryQueue}
 * </pre>
 *
 * The day is the one on which the record was last examined, in days since 1970.
 */
public final class ChainTable {
  private static final int RECORD = 1;
  private static final int DAY = 2;
  private static final int DAY_BYTES = 4;
  private static final byte[] NOTHING = new byte[0];

  private final Store store;

  public ChainTable(Store store) {
    this.store = store;
  }

  /** Tells whether the record of a message is still needed. */
  public interface NeedCheck {
    boolean is(AgencyName origin, MessageId id);
  }

  /** As the transaction sees it; null if there is none. */
  @Nullable
  public ChainRecord read(Transaction tx, AgencyName origin, MessageId id) {
    byte[] value = tx.get(Table.CHAIN, key(origin, id));
    return value == null ? null : parse(value);
  }

  /** As committed; null if there is none. */
  @Nullable
  public ChainRecord read(AgencyName origin, MessageId id) {
    byte[] value = store.get(Table.CHAIN, key(origin, id));
    return value == null ? null : parse(value);
  }

  /** Sets or replaces a record. */
  public void put(Transaction tx, AgencyName origin, MessageId id, ChainRecord record) {
    byte[] key = key(origin, id);
    int today = (int) (tx.nowMillis() / 86_400_000);
    byte[] before = tx.get(Table.CHAIN, key);
    if (before != null) {
      tx.delete(Table.CHAIN, dayKey(parse(before).getDay(), key));
    }
    tx.put(Table.CHAIN, key, record.toBuilder().setDay(today).build().toByteArray());
    tx.put(Table.CHAIN, dayKey(today, key), NOTHING);
  }

  /**
   * Removes records last examined before a day and no longer needed; those still needed are marked
   * as examined today. Handles at most {@code most} and returns how many.
   */
  public int prune(Transaction tx, long day, int most, NeedCheck needed) {
    int seen = 0;
    byte[] end = KeyBuilder.key().u8(DAY).u32(Math.max(0, day)).done();
    try (Scan scan = tx.scanCommitted(Table.CHAIN, KeyBuilder.key().u8(DAY).done(), end)) {
      while (seen < most && scan.hasNext()) {
        scan.next();
        byte[] index = scan.key();
        byte[] key = Arrays.copyOfRange(index, DAY_BYTES, index.length);
        key[0] = RECORD;
        byte[] value = tx.get(Table.CHAIN, key);
        if (value != null && tx.get(Table.CHAIN, index) != null) {
          AgencyName origin = origin(key);
          MessageId id = id(key);
          if (needed.is(origin, id)) {
            put(tx, origin, id, parse(value));
          } else {
            tx.delete(Table.CHAIN, key);
          }
        }
        tx.delete(Table.CHAIN, index);
        seen++;
      }
    }
    return seen;
  }

  private static ChainRecord parse(byte[] value) {
    return CorruptRecord.parse(ChainRecord.parser(), value, "CHAIN");
  }

  /** The origin in a key of any key space except that of days. */
  public static AgencyName origin(byte[] key) {
    int length = key[1] & 0xff;
    return new AgencyName(new String(key, 2, length, StandardCharsets.US_ASCII));
  }

  /** The message id at the end of a key. */
  public static MessageId id(byte[] key) {
    return MessageId.of(Arrays.copyOfRange(key, key.length - MessageId.SIZE, key.length));
  }

  private static byte[] key(AgencyName origin, MessageId id) {
    return key(RECORD, origin, id);
  }

  public static byte[] key(int space, AgencyName origin, MessageId id) {
    return KeyBuilder.key().u8(space).ascii(origin.value()).bytes(id.bytes()).done();
  }

  private static byte[] dayKey(long day, byte[] key) {
    return KeyBuilder.key().u8(DAY).u32(day).bytes(Arrays.copyOfRange(key, 1, key.length)).done();
  }
}
