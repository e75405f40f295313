package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecentCache;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.StoredEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes in custody, each kept once however many recipients and queues refer to it, until the
 * last reference is released. The name of an own envelope is the hash of its header, and of
 * another's the hash of header and signature, so that no envelope can replace another.
 *
 * <pre>
 * ENVELOPE u8 1 · 32-byte name → StoredEnvelope
 * ENVELOPE u8 2 · 32-byte name → u32 references, and if it is held for others:
 *                                u64 expiry · u64 bytes · ascii neighbour · ascii origin
 *                                · u8 1 if FLASH, else 0
 * </pre>
 *
 * <p>An own envelope to one recipient needs no count. One whose count cannot be read is reported
 * once and kept, since nobody knows how many need it; releasing it fails for nobody.
 */
public final class EnvelopeTable {
  private static final int REFERENCES_BYTES = 4;

  /** Envelopes in memory between their commit and their first transmission. */
  private static final int FRESH_BYTES = 1 << 20;

  private final Store store;
  private final CustodyBytes custody;
  private final UnreadableRecords unreadable;
  private final RecentCache<ByteString, StoredEnvelope> fresh =
      new RecentCache<>(FRESH_BYTES, Integer.MAX_VALUE);

  /**
   * The envelopes of a store; counts those that are held for others.
   *
   * @param unreadable told of counts that cannot be read
   */
  public EnvelopeTable(Store store, CustodyBytes custody, UnreadableRecords unreadable) {
    this.store = store;
    this.custody = custody;
    this.unreadable = unreadable;
    byte[] counts = {2};
    try (Scan scan = store.scan(Table.ENVELOPE, counts, KeyBuilder.endOf(counts))) {
      while (scan.hasNext()) {
        scan.next();
        count(custodyIn(scan.key(), scan.value()), 1);
      }
    }
  }

  /**
   * What is recorded of an envelope held for others.
   *
   * @param expiresAtMillis the end of delivery
   * @param bytes its size
   */
  public record Custody(long expiresAtMillis, long bytes, CustodyBytes.Account account) {
    private byte[] encoded() {
      return KeyBuilder.key()
          .u64(expiresAtMillis)
          .u64(bytes)
          .ascii(account.neighbour())
          .ascii(account.origin())
          .u8(account.flash() ? 1 : 0)
          .done();
    }
  }

  /** Stores an own envelope that is new, with at least one reference. */
  public void keep(Transaction tx, byte[] name, StoredEnvelope envelope, int references) {
    put(tx, name, envelope);
    if (references > 1) {
      tx.put(Table.ENVELOPE, countKey(name), KeyBuilder.key().u32(references).done());
    }
  }

  private void put(Transaction tx, byte[] name, StoredEnvelope envelope) {
    byte[] stored = envelope.toByteArray();
    tx.put(Table.ENVELOPE, key(name), stored);
    if (stored.length <= FRESH_BYTES) {
      tx.afterCommit(() -> fresh.put(named(name), envelope, stored.length, 0));
    }
  }

  /** Stores an envelope held for others, or adds a reference to a stored one. */
  public void hold(Transaction tx, byte[] name, StoredEnvelope envelope, Custody held) {
    boolean isNew = tx.get(Table.ENVELOPE, countKey(name)) == null;
    hold(tx, name, envelope, 1);
    if (isNew) {
      byte[] value = KeyBuilder.key().u32(1).bytes(held.encoded()).done();
      tx.put(Table.ENVELOPE, countKey(name), value);
      tx.afterCommit(() -> count(held, 1));
    }
  }

  private void count(@Nullable Custody held, int sign) {
    if (held != null) {
      custody.add(held.account(), sign * held.bytes());
    }
  }

  /** What is recorded of a committed envelope that is held for others; null of any other. */
  public @Nullable Custody custody(byte[] name) {
    byte[] count = store.get(Table.ENVELOPE, countKey(name));
    return count == null ? null : custodyIn(countKey(name), count);
  }

  /** What a count says of custody; null if nothing, or if it cannot be read, which is reported. */
  private @Nullable Custody custodyIn(byte[] countKey, byte[] count) {
    try {
      return count.length == REFERENCES_BYTES ? null : custodyIn(KeyReader.of(count));
    } catch (IllegalStateException e) {
      unreadable.found(Table.ENVELOPE, HexFormat.of().formatHex(countKey, 1, countKey.length), e);
      return null;
    }
  }

  private static Custody custodyIn(KeyReader count) {
    long unused = count.u32();
    Custody held =
        new Custody(
            count.u64(),
            count.u64(),
            new CustodyBytes.Account(count.ascii(), count.ascii(), count.u8() == 1));
    count.end();
    return held;
  }

  private boolean isReadable(byte[] countKey, byte[] count) {
    return count.length == REFERENCES_BYTES || custodyIn(countKey, count) != null;
  }

  /** The record with another number of references. */
  private static byte[] counted(byte[] count, long references) {
    return KeyBuilder.key()
        .u32(references)
        .bytes(Arrays.copyOfRange(count, REFERENCES_BYTES, count.length))
        .done();
  }

  /** Stores an envelope, or adds references to a stored one. */
  public void hold(Transaction tx, byte[] name, StoredEnvelope envelope, int references) {
    byte[] countKey = countKey(name);
    byte[] count = tx.get(Table.ENVELOPE, countKey);
    if (count == null) {
      put(tx, name, envelope);
    }
    byte[] before = count == null ? new byte[REFERENCES_BYTES] : count;
    tx.put(Table.ENVELOPE, countKey, counted(before, (long) BigEndian.u32(before, 0) + references));
  }

  /** Releases one reference; the last one removes the envelope. */
  public void release(Transaction tx, byte[] name) {
    byte[] countKey = countKey(name);
    byte[] count = tx.get(Table.ENVELOPE, countKey);
    if (count != null && !isReadable(countKey, count)) {
      return;
    }
    if (count != null && BigEndian.u32(count, 0) > 1) {
      tx.put(Table.ENVELOPE, countKey, counted(count, BigEndian.u32(count, 0) - 1L));
      return;
    }
    tx.delete(Table.ENVELOPE, key(name));
    tx.afterCommit(() -> fresh.remove(named(name)));
    if (count != null) {
      tx.delete(Table.ENVELOPE, countKey);
      Custody released = custodyIn(countKey, count);
      tx.afterCommit(() -> count(released, -1));
    }
  }

  /**
   * A committed envelope, or null. Its first reader is mostly its transmission, and gets it from
   * memory.
   */
  public @Nullable StoredEnvelope read(byte[] name) {
    StoredEnvelope unsent = fresh.remove(named(name));
    return unsent != null ? unsent : parse(store.get(Table.ENVELOPE, key(name)));
  }

  /** An envelope as the transaction sees it, or null. */
  public @Nullable StoredEnvelope read(Transaction tx, byte[] name) {
    return parse(tx.get(Table.ENVELOPE, key(name)));
  }

  /**
   * Names of the outbox keys that committed envelopes still need. Reads all of them. A damaged one
   * needs none: nobody can read its content, and it would keep the keys of all others.
   */
  public Set<String> outboxKeys() {
    Set<String> names = new HashSet<>();
    byte[] envelopes = {1};
    try (Scan scan = store.scan(Table.ENVELOPE, envelopes, KeyBuilder.endOf(envelopes))) {
      while (scan.hasNext()) {
        scan.next();
        outboxKey(scan.value()).ifPresent(names::add);
      }
    }
    return names;
  }

  private static Optional<String> outboxKey(byte[] envelope) {
    try {
      return Optional.ofNullable(parse(envelope))
          .map(StoredEnvelope::getOutboxKey)
          .filter(name -> !name.isEmpty());
    } catch (CorruptRecord e) {
      return Optional.empty(); // reported where it is sent
    }
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

  private static ByteString named(byte[] name) {
    return UnsafeByteOperations.unsafeWrap(name);
  }

  private static byte[] key(byte[] name) {
    return KeyBuilder.key().u8(1).bytes(name).done();
  }

  private static byte[] countKey(byte[] name) {
    return KeyBuilder.key().u8(2).bytes(name).done();
  }
}
