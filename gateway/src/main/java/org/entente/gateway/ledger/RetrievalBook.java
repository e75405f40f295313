package org.entente.gateway.ledger;

import com.google.protobuf.ByteString;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Keys;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Which clients have retrieved which received messages, sealed until the message's bucket ends.
 *
 * <pre>
 * EVIDENCE u8 12 · 16-byte message id                  → sealed RetrievalRecord of the first client
 * EVIDENCE u8 12 · 16-byte message id · 16-byte token  → sealed RetrievalRecord of a further one
 *
 * as it was kept before format 7, in the open:
 * EVIDENCE u8 3 · 16-byte message id                   → u64 when · ascii client
 * EVIDENCE u8 3 · 16-byte message id · ascii client    → u64 when
 * </pre>
 *
 * The token stands for the client, and only the bucket's key says for which. Changed on the
 * writer's thread.
 */
public final class RetrievalBook {
  static final int SEALED = 12;
  static final int EARLIER = 3;

  private final Store store;

  /**
   * What the batch that is being made has put, undone or not; a scan does not see it. The writer's
   * alone.
   */
  private final Map<MessageId, Set<ByteString>> put = new HashMap<>();

  private WeakReference<Transaction> batch = new WeakReference<>(null);

  RetrievalBook(Store store) {
    this.store = store;
  }

  /** In the open: when, milliseconds since 1970, and by which client. */
  record Earlier(long atMillis, String client) {}

  /** Whether any client has retrieved a message. */
  public boolean isRetrieved(Transaction tx, MessageId id) {
    return first(tx, id) != null || earlier(tx, id) != null;
  }

  byte @Nullable [] first(Transaction tx, MessageId id) {
    return tx.get(Table.EVIDENCE, key(SEALED, id));
  }

  void putFirst(Transaction tx, MessageId id, byte[] sealed) {
    tx.put(Table.EVIDENCE, key(SEALED, id), sealed);
    tx.delete(Table.EVIDENCE, key(EARLIER, id));
  }

  boolean hasFurther(Transaction tx, MessageId id, byte[] token) {
    return tx.get(Table.EVIDENCE, furtherKey(id, token)) != null;
  }

  void putFurther(Transaction tx, MessageId id, byte[] token, byte[] sealed) {
    byte[] key = furtherKey(id, token);
    tx.put(Table.EVIDENCE, key, sealed);
    forgetEarlier(tx);
    put.computeIfAbsent(id, unused -> new LinkedHashSet<>()).add(ByteString.copyFrom(key));
  }

  private void forgetEarlier(Transaction tx) {
    if (!batch.refersTo(tx)) {
      put.clear();
      batch = new WeakReference<>(tx);
    }
  }

  /** Messages of which it holds what a batch has put. */
  int held() {
    return put.size();
  }

  /** Those of further clients, sealed, as the transaction sees them. */
  List<byte[]> further(Transaction tx, MessageId id) {
    forgetEarlier(tx);
    Set<ByteString> keys = new LinkedHashSet<>();
    byte[] first = key(SEALED, id);
    try (Scan scan = tx.scanCommitted(Table.EVIDENCE, first, Keys.endOf(first))) {
      while (scan.hasNext()) {
        scan.next();
        if (scan.key().length > first.length) {
          keys.add(ByteString.copyFrom(scan.key()));
        }
      }
    }
    keys.addAll(put.getOrDefault(id, Set.of()));
    List<byte[]> out = new ArrayList<>();
    for (ByteString key : keys) {
      byte[] value = tx.get(Table.EVIDENCE, key.toByteArray());
      if (value != null) {
        out.add(value);
      }
    }
    return out;
  }

  /** The first as it was kept before format 7, or null. */
  @Nullable Earlier earlier(Transaction tx, MessageId id) {
    byte[] value = tx.get(Table.EVIDENCE, key(EARLIER, id));
    return value == null
        ? null
        : new Earlier(
            BigEndian.u64(value, 0),
            new String(value, 8, value.length - 8, StandardCharsets.US_ASCII));
  }

  boolean hasEarlierFurther(Transaction tx, MessageId id, String client) {
    byte[] key = Keys.key().bytes(key(EARLIER, id)).ascii(client).done();
    return tx.get(Table.EVIDENCE, key) != null;
  }

  /** Further clients as they were kept before format 7, as committed: nobody adds to them. */
  List<String> earlierFurther(MessageId id) {
    byte[] first = key(EARLIER, id);
    List<String> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.EVIDENCE, first, Keys.endOf(first))) {
      while (scan.hasNext()) {
        scan.next();
        if (scan.key().length > first.length) {
          int at = first.length + 1;
          out.add(new String(scan.key(), at, scan.key().length - at, StandardCharsets.US_ASCII));
        }
      }
    }
    return out;
  }

  private static byte[] key(int space, MessageId id) {
    return Keys.key().u8(space).bytes(id.bytes()).done();
  }

  private static byte[] furtherKey(MessageId id, byte[] token) {
    return Keys.key().bytes(key(SEALED, id)).bytes(token).done();
  }
}
