package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Which clients have retrieved which received messages, sealed until the message's bucket ends.
 *
 * <pre>
 * EVIDENCE u8 12 · 16-byte message id                  → sealed RetrievalRecord of the first client
 * EVIDENCE u8 12 · 16-byte message id · 16-byte token  → sealed RetrievalRecord of a further one
 * </pre>
 *
 * The token identifies the client, but only with the bucket's key. Changed on the writer's thread.
 */
public final class RetrievalTable {
  static final int SEALED = 12;

  /**
   * Entries put by the present batch, undone or not, which a scan does not see. Used by the writer
   * only.
   */
  private final Map<MessageId, Set<ByteString>> put = new HashMap<>();

  private WeakReference<Transaction> batch = new WeakReference<>(null);

  /** Whether any client has retrieved a message. */
  public boolean isRetrieved(Transaction tx, MessageId id) {
    return first(tx, id) != null;
  }

  @Nullable SealedRecord first(Transaction tx, MessageId id) {
    byte[] sealed = tx.get(Table.EVIDENCE, key(id));
    return sealed == null ? null : new SealedRecord(place(key(id)), sealed);
  }

  /** Where the first retrieval of a message lies. */
  static RecordPlace firstPlace(MessageId id) {
    return place(key(id));
  }

  /** Where the retrieval by the client of a token lies. */
  static RecordPlace furtherPlace(MessageId id, byte[] token) {
    return place(furtherKey(id, token));
  }

  private static RecordPlace place(byte[] key) {
    return new RecordPlace(Table.EVIDENCE, key, "retrieval");
  }

  void putFirst(Transaction tx, MessageId id, byte[] sealed) {
    tx.put(Table.EVIDENCE, key(id), sealed);
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

  /** The number of messages with entries of the present batch. */
  int held() {
    return put.size();
  }

  /** Those of further clients, sealed, as the transaction sees them. */
  List<SealedRecord> further(Transaction tx, MessageId id) {
    forgetEarlier(tx);
    Set<ByteString> keys = new LinkedHashSet<>();
    byte[] first = key(id);
    try (Scan scan = tx.scanCommitted(Table.EVIDENCE, first, KeyBuilder.endOf(first))) {
      while (scan.hasNext()) {
        scan.next();
        if (scan.key().length > first.length) {
          keys.add(ByteString.copyFrom(scan.key()));
        }
      }
    }
    keys.addAll(put.getOrDefault(id, Set.of()));
    List<SealedRecord> out = new ArrayList<>();
    for (ByteString key : keys) {
      byte[] value = tx.get(Table.EVIDENCE, key.toByteArray());
      if (value != null) {
        out.add(new SealedRecord(place(key.toByteArray()), value));
      }
    }
    return out;
  }

  private static byte[] key(MessageId id) {
    return KeyBuilder.key().u8(SEALED).bytes(id.bytes()).done();
  }

  private static byte[] furtherKey(MessageId id, byte[] token) {
    return KeyBuilder.key().bytes(key(id)).bytes(token).done();
  }
}
