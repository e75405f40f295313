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
   * A page of the committed table.
   *
   * @param over keys of outcomes from before the given time
   * @param next where the next page begins; null at the end of the table
   */
  public record Page(List<ByteString> over, @Nullable ByteString next) {
    public Page {
      over = List.copyOf(over);
    }
  }

  /**
   * Finds outcomes from before a time. An unreadable record stays.
   *
   * @param from where to begin, as given by the previous page; empty for the start of the table
   * @param most the number to examine
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

  /**
   * Removes the outcomes named by a page, unless the key was used again since; returns how many.
   */
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
    return CorruptRecord.parse(IdempotencyRecord.parser(), value, "IDEMPOTENCY");
  }

  private byte[] key(String client, String key) {
    return stored.token(client, key);
  }
}
