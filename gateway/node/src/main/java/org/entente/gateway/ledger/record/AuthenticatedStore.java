package org.entente.gateway.ledger.record;

import java.util.Arrays;
import org.entente.gateway.crypto.ConstantTime;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreState;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * A store whose records carry a MAC under a key of the keystore, so that nobody who only writes to
 * the disk can change a time, a stage, a restriction or a position beside what is sealed. It covers
 * the records whose fields decide something; sealed values, signed ones, counts and indexes stay as
 * they are.
 *
 * <pre>
 * value · first 16 bytes of HMAC-SHA-256(key, ascii table · u32 length of the key · key · value)
 * </pre>
 *
 * A record that is not authentic is read as bytes that are no record, so that each table reports it
 * as a damaged one. Restoring an older value of the same key and removing a record stay possible.
 */
public final class AuthenticatedStore implements Store {
  private static final int MAC_BYTES = 16;
  private static final int BATCH_BYTES = 1 << 20;

  /** No record begins with a zero byte: protobuf has no field 0. */
  private static final byte[] NO_RECORD = {0};

  private final Store store;
  private final @Nullable SecretBytes key;

  private AuthenticatedStore(Store store, @Nullable SecretBytes key) {
    this.store = store;
    this.key = key;
  }

  /** The records of a store under a key of 32 bytes, which stays the caller's. */
  public static Store of(Store store, SecretBytes key) {
    return new AuthenticatedStore(store, key);
  }

  /** The records for those who have no key: readable, not writable, and not to be relied on. */
  public static Store unverified(Store store) {
    return new AuthenticatedStore(store, null);
  }

  /**
   * Puts the records of a store under another key, unverified: the former key is lost. Interrupted,
   * it can be repeated.
   */
  public static void adopt(Store store, SecretBytes key) {
    Store former = unverified(store);
    Store present = of(store, key);
    for (Table table : Table.values()) {
      if (covered(table) != 0) {
        adopt(former, present, table);
      }
    }
  }

  private static void adopt(Store former, Store present, Table table) {
    Batch batch = present.batch();
    try (Scan scan = former.scan(table, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        if (isRecord(table, scan.key())) {
          batch.put(table, scan.key(), scan.value());
        }
        if (batch.bytes() > BATCH_BYTES) {
          present.commit(batch, Durability.SYNCED);
          batch = present.batch();
        }
      }
    }
    present.commit(batch, Durability.SYNCED);
  }

  /** The key spaces of a table that hold records, as bits; all of them for one without spaces. */
  private static long covered(Table table) {
    return switch (table) {
      case INBOX, OUTBOX, CURSOR -> -1;
      case HELD, OPERATION, CHAIN -> spaces(1);
      case ATTACHMENT, CONSENT, IPR, LINK, WATCH -> spaces(1, 2);
      case RETENTION -> spaces(1, 2, 3, 4, 6);
      case QUARANTINE -> spaces(1, 5);
      case REQUEST -> spaces(1, 4);
      default -> 0;
    };
  }

  private static long spaces(int... spaces) {
    long bits = 0;
    for (int space : spaces) {
      bits |= 1L << space;
    }
    return bits;
  }

  private static boolean isRecord(Table table, byte[] key) {
    long covered = covered(table);
    return covered == -1
        || (covered != 0
            && key.length > 0
            && (key[0] & 0xff) < Long.SIZE
            && ((covered >>> key[0]) & 1) != 0);
  }

  private static byte[] mac(SecretBytes secret, Table table, byte[] of, byte[] value) {
    byte[] place =
        KeyBuilder.key(1 + table.name().length() + Integer.BYTES)
            .ascii(table.name())
            .u32(of.length)
            .done();
    byte[] mac = secret.use(bytes -> HmacSha256.mac(bytes, place, of, value));
    return Arrays.copyOf(mac, MAC_BYTES);
  }

  private byte[] sealed(Table table, byte[] of, byte[] value) {
    if (!isRecord(table, of)) {
      return value;
    }
    if (key == null) {
      throw new IllegalStateException("records cannot be written without the key");
    }
    byte[] mac = mac(key, table, of, value);
    byte[] sealed = Arrays.copyOf(value, value.length + MAC_BYTES);
    System.arraycopy(mac, 0, sealed, value.length, MAC_BYTES);
    return sealed;
  }

  private byte[] opened(Table table, byte[] of, byte[] sealed) {
    if (!isRecord(table, of)) {
      return sealed;
    }
    if (sealed.length < MAC_BYTES) {
      return NO_RECORD.clone();
    }
    int length = sealed.length - MAC_BYTES;
    byte[] value = Arrays.copyOf(sealed, length);
    if (key == null) {
      return value;
    }
    byte[] mac = Arrays.copyOfRange(sealed, length, sealed.length);
    return ConstantTime.equal(mac, mac(key, table, of, value)) ? value : NO_RECORD.clone();
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] of) {
    byte[] sealed = store.get(table, of);
    return sealed == null ? null : opened(table, of, sealed);
  }

  @Override
  public Scan scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    Scan scan = store.scan(table, fromInclusive, toExclusive);
    return covered(table) == 0 ? scan : new OpenedScan(table, scan);
  }

  @Override
  public @Nullable KeyValue last(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    KeyValue last = store.last(table, fromInclusive, toExclusive);
    return last == null ? null : new KeyValue(last.key(), opened(table, last.key(), last.value()));
  }

  @Override
  public int maxBatchBytes() {
    return store.maxBatchBytes();
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    store.commit(batch.mapped(this::sealed), durability);
  }

  @Override
  public long freeBytes() {
    return store.freeBytes();
  }

  @Override
  public void reclaim() {
    store.reclaim();
  }

  @Override
  public boolean isCurrent() {
    return store.isCurrent();
  }

  @Override
  public long term() {
    return store.term();
  }

  @Override
  public StoreState state() {
    return store.state();
  }

  /** Closes the store; the key stays the caller's. */
  @Override
  public void close() {
    store.close();
  }

  private final class OpenedScan implements Scan {
    private final Table table;
    private final Scan scan;

    OpenedScan(Table table, Scan scan) {
      this.table = table;
      this.scan = scan;
    }

    @Override
    public boolean hasNext() {
      return scan.hasNext();
    }

    @Override
    public void next() {
      scan.next();
    }

    @Override
    public byte[] key() {
      return scan.key();
    }

    @Override
    public byte[] value() {
      return opened(table, scan.key(), scan.value());
    }

    @Override
    public void close() {
      scan.close();
    }
  }
}
