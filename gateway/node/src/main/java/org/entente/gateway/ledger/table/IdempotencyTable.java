package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.IdempotencyRecord;
import org.jspecify.annotations.Nullable;

/**
 * First outcomes by client and idempotency key.
 *
 * <pre>IDEMPOTENCY 16-byte token of client and key → IdempotencyRecord</pre>
 */
public final class IdempotencyTable {
  private final Store store;
  private final StoredNames stored;

  /** The outcomes of a store. */
  public IdempotencyTable(Store store, StoredNames stored) {
    this.store = store;
    this.stored = stored;
  }

  /** The outcome as the transaction sees it, or null. */
  public @Nullable IdempotencyRecord read(Transaction tx, String client, String key) {
    return parse(tx.get(Table.IDEMPOTENCY, key(client, key)));
  }

  /** The committed outcome, or null. */
  public @Nullable IdempotencyRecord read(String client, String key) {
    return parse(store.get(Table.IDEMPOTENCY, key(client, key)));
  }

  /** Where the first outcome lies. */
  public RecordPlace place(String client, String key) {
    return new RecordPlace(Table.IDEMPOTENCY, key(client, key), "outcome");
  }

  /** Records the first outcome. */
  public void write(Transaction tx, String client, String key, IdempotencyRecord record) {
    tx.put(Table.IDEMPOTENCY, key(client, key), record.toByteArray());
  }

  /**
   * A part of the table, as it was committed.
   *
   * @param over keys of the table whose outcomes are from before the time that was asked about
   * @param next where the next part begins; null at the end of the table
   */
  public record Page(List<ByteString> over, @Nullable ByteString next) {
    public Page {
      over = List.copyOf(over);
    }
  }

  /**
   * Looks at outcomes for those from before a time. A record that cannot be read stays.
   *
   * @param from where to begin, as a page before said; empty for the beginning of the table
   * @param most how many are looked at
   */
  public Page page(ByteString from, long beforeMillis, int most) {
    List<ByteString> over = new ArrayList<>();
    int looked = 0;
    try (Scan scan = store.scan(Table.IDEMPOTENCY, from.toByteArray(), null)) {
      while (scan.hasNext()) {
        scan.next();
        if (looked++ == most) {
          return new Page(over, ByteString.copyFrom(scan.key()));
        }
        if (isOver(scan.value(), beforeMillis)) {
          over.add(ByteString.copyFrom(scan.key()));
        }
      }
    }
    return new Page(over, null);
  }

  /** Forgets what a page named, unless the key was used again since; how many went. */
  public int remove(Transaction tx, List<ByteString> over, long beforeMillis) {
    int gone = 0;
    for (ByteString one : over) {
      byte[] key = one.toByteArray();
      byte[] value = tx.get(Table.IDEMPOTENCY, key);
      if (value != null && isOver(value, beforeMillis)) {
        tx.delete(Table.IDEMPOTENCY, key);
        gone++;
      }
    }
    return gone;
  }

  private static boolean isOver(byte[] value, long beforeMillis) {
    try {
      return IdempotencyRecord.parseFrom(value).getAtMs() < beforeMillis;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static @Nullable IdempotencyRecord parse(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      return IdempotencyRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("IDEMPOTENCY", e);
    }
  }

  private byte[] key(String client, String key) {
    return stored.token(client, key);
  }
}
