package org.entente.gateway.ledger.table;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.StoredEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes in custody, each kept once however many recipients and queues refer to it, until the
 * last reference is released. The key is the hash of its header, so that no envelope can replace
 * another under the same id.
 *
 * <pre>
 * ENVELOPE u8 1 · 32-byte header hash → StoredEnvelope
 * ENVELOPE u8 2 · 32-byte header hash → u32 references
 * </pre>
 */
public final class EnvelopeTable {
  private final Store store;

  public EnvelopeTable(Store store) {
    this.store = store;
  }

  /** Stores an envelope, or adds references to a stored one. */
  public void hold(Transaction tx, byte[] headerHash, StoredEnvelope envelope, int references) {
    byte[] countKey = countKey(headerHash);
    byte[] count = tx.get(Table.ENVELOPE, countKey);
    if (count == null) {
      tx.put(Table.ENVELOPE, key(headerHash), envelope.toByteArray());
    }
    int held = count == null ? 0 : BigEndian.u32(count, 0);
    tx.put(Table.ENVELOPE, countKey, KeyBuilder.key().u32(held + references).done());
  }

  /** Releases one reference; the last one removes the envelope. */
  public void release(Transaction tx, byte[] headerHash) {
    byte[] countKey = countKey(headerHash);
    byte[] count = tx.get(Table.ENVELOPE, countKey);
    if (count == null) {
      return;
    }
    int held = BigEndian.u32(count, 0);
    if (held > 1) {
      tx.put(Table.ENVELOPE, countKey, KeyBuilder.key().u32(held - 1L).done());
    } else {
      tx.delete(Table.ENVELOPE, countKey);
      tx.delete(Table.ENVELOPE, key(headerHash));
    }
  }

  /** A committed envelope, or null. */
  public @Nullable StoredEnvelope read(byte[] headerHash) {
    return parse(store.get(Table.ENVELOPE, key(headerHash)));
  }

  /** An envelope as the transaction sees it, or null. */
  public @Nullable StoredEnvelope read(Transaction tx, byte[] headerHash) {
    return parse(tx.get(Table.ENVELOPE, key(headerHash)));
  }

  /** Names of the outbox keys that committed envelopes still need. Reads all of them. */
  public Set<String> outboxKeys() {
    Set<String> names = new HashSet<>();
    byte[] envelopes = {1};
    try (Scan scan = store.scan(Table.ENVELOPE, envelopes, KeyBuilder.endOf(envelopes))) {
      while (scan.hasNext()) {
        scan.next();
        StoredEnvelope envelope = parse(scan.value());
        if (envelope != null && !envelope.getOutboxKey().isEmpty()) {
          names.add(envelope.getOutboxKey());
        }
      }
    }
    return names;
  }

  private static @Nullable StoredEnvelope parse(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      // Its parts share the array read, as an envelope is large.
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(value).newCodedInput();
      in.enableAliasing(true);
      StoredEnvelope envelope = StoredEnvelope.parseFrom(in);
      in.checkLastTagWas(0);
      return envelope;
    } catch (IOException e) {
      throw new CorruptRecord("ENVELOPE", e);
    }
  }

  private static byte[] key(byte[] headerHash) {
    return KeyBuilder.key().u8(1).bytes(headerHash).done();
  }

  private static byte[] countKey(byte[] headerHash) {
    return KeyBuilder.key().u8(2).bytes(headerHash).done();
  }
}
