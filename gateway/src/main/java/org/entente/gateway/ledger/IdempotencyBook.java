package org.entente.gateway.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import org.entente.gateway.store.Keys;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.IdempotencyRecord;
import org.jspecify.annotations.Nullable;

/**
 * First outcomes by client and idempotency key.
 *
 * <pre>IDEMPOTENCY ascii client · ascii key → IdempotencyRecord</pre>
 */
public final class IdempotencyBook {
  private final Store store;

  IdempotencyBook(Store store) {
    this.store = store;
  }

  /** The outcome as the transaction sees it, or null. */
  public @Nullable IdempotencyRecord read(Transaction tx, String client, String key) {
    return parse(tx.get(Table.IDEMPOTENCY, key(client, key)));
  }

  /** The committed outcome, or null. */
  public @Nullable IdempotencyRecord read(String client, String key) {
    return parse(store.get(Table.IDEMPOTENCY, key(client, key)));
  }

  /** Records the first outcome. */
  public void write(Transaction tx, String client, String key, IdempotencyRecord record) {
    tx.put(Table.IDEMPOTENCY, key(client, key), record.toByteArray());
  }

  /** Forgets what was committed before a time, at most so many; how many went. */
  public int prune(Transaction tx, long beforeMillis, int most) {
    int gone = 0;
    try (Scan scan = tx.scanCommitted(Table.IDEMPOTENCY, new byte[0], null)) {
      while (gone < most && scan.hasNext()) {
        scan.next();
        IdempotencyRecord record = parse(scan.value());
        if (record != null && record.getAtMs() < beforeMillis) {
          tx.delete(Table.IDEMPOTENCY, scan.key());
          gone++;
        }
      }
    }
    return gone;
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

  private static byte[] key(String client, String key) {
    return Keys.key().ascii(client).ascii(key).done();
  }
}
