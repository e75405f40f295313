package org.entente.gateway.feature.assignment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Charges (who acts on which message), sealed: the latest statement of each recipient about this
 * agency's messages, and this agency's latest statement about each received message.
 *
 * <pre>
 * CHARGE u8 1 · 16-byte message id · token of recipient             → u32 last day · sealed record
 * CHARGE u8 2 · u32 last day · 16-byte message id · the same token  → empty
 * CHARGE u8 3 · 16-byte message id · token of originator            → u32 last day · sealed record
 * CHARGE u8 4 · u32 last day · 16-byte message id · the same token  → empty
 * </pre>
 *
 * The last day is that of the bucket under whose key the record is sealed, days since 1970. The
 * agency itself is in the sealed record.
 */
public final class AssignmentTable {
  private static final int DAY_BYTES = 4;
  private static final byte[] NOTHING = new byte[0];

  private final Store store;
  private final StoredNames names;

  /** The direction of a statement. */
  enum Side {
    /** A recipient about this agency's message; the agency in the key is the recipient. */
    SENT(1),
    /** This agency about a received message; the agency in the key is the originator. */
    RECEIVED(3);

    private final int states;

    Side(int states) {
      this.states = states;
    }

    private int ends() {
      return states + 1;
    }
  }

  /** The table of a ledger. */
  public static AssignmentTable of(Ledger ledger) {
    return ledger.table(AssignmentTable.class, store -> new AssignmentTable(store, ledger.names()));
  }

  /** The charges of a store, found by tokens of agencies. */
  public AssignmentTable(Store store, StoredNames names) {
    this.store = store;
    this.names = names;
  }

  /**
   * The latest statement about one message.
   *
   * @param place where the next page begins
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(byte[] place, SealedRecord sealed) {}

  /** Replaces the earlier statement. */
  void put(
      Transaction tx, Side side, MessageId id, AgencyName agency, long lastDay, byte[] sealed) {
    byte[] key = key(side, id, agency);
    byte[] before = tx.get(Table.CHARGE, key);
    if (before != null) {
      tx.delete(Table.CHARGE, endKey(side, BigEndian.u32(before, 0), key));
    }
    tx.put(Table.CHARGE, key, KeyBuilder.key().u32(lastDay).bytes(sealed).done());
    tx.put(Table.CHARGE, endKey(side, lastDay, key), NOTHING);
  }

  /** What was said last, sealed; null if nothing was. */
  @Nullable SealedRecord read(Transaction tx, Side side, MessageId id, AgencyName agency) {
    byte[] value = tx.get(Table.CHARGE, key(side, id, agency));
    return value == null ? null : new SealedRecord(place(side, id, agency), sealed(value));
  }

  /** Where it lies what was said last. */
  RecordPlace place(Side side, MessageId id, AgencyName agency) {
    return new RecordPlace(Table.CHARGE, key(side, id, agency), "charge");
  }

  /**
   * Committed entries in the order of message ids, at most {@code most}.
   *
   * @param of of this message only; null for all
   * @param after a place of the previous page; empty for the first
   */
  List<Entry> page(Side side, @Nullable MessageId of, byte[] after, int most) {
    int states = side.states;
    byte[] prefix =
        of == null
            ? KeyBuilder.key().u8(states).done()
            : KeyBuilder.key().u8(states).bytes(of.bytes()).done();
    byte[] from =
        after.length == 0 ? prefix : KeyBuilder.key().u8(states).bytes(after).u8(0).done();
    byte[] end = KeyBuilder.endOf(prefix);
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
                new SealedRecord(
                    new RecordPlace(Table.CHARGE, key, "charge"), sealed(scan.value()))));
      }
    }
    return out;
  }

  /** Whether bytes have the form of {@link Entry#place}. */
  static boolean isPlace(byte[] bytes) {
    return bytes.length == MessageId.SIZE + StoredNames.TOKEN_BYTES;
  }

  /** Removes records of buckets that ended before a day, at most {@code most}; returns how many. */
  public int prune(Transaction tx, long today, int most) {
    int gone = prune(tx, Side.SENT, today, most);
    return gone + prune(tx, Side.RECEIVED, today, most - gone);
  }

  private static int prune(Transaction tx, Side side, long today, int most) {
    int gone = 0;
    byte[] end = KeyBuilder.key().u8(side.ends()).u32(today).done();
    try (Scan scan = tx.scanCommitted(Table.CHARGE, KeyBuilder.key().u8(side.ends()).done(), end)) {
      while (gone < most && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        byte[] state = Arrays.copyOfRange(key, DAY_BYTES, key.length);
        state[0] = (byte) side.states;
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

  private byte[] key(Side side, MessageId id, AgencyName agency) {
    byte[] token = names.token(agency.value());
    return KeyBuilder.key().u8(side.states).bytes(id.bytes()).bytes(token).done();
  }

  private static byte[] endKey(Side side, long lastDay, byte[] key) {
    return KeyBuilder.key()
        .u8(side.ends())
        .u32(lastDay)
        .bytes(Arrays.copyOfRange(key, 1, key.length))
        .done();
  }
}
