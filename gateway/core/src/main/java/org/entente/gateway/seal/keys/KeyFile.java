package org.entente.gateway.seal.keys;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The two files of a keystore, {@code entries} and {@code days}, in bytes.
 *
 * <pre>
 *  0       4         5       9
 *  +-------+---------+-------+-- - - - --+----------------+
 *  | magic | version | count | records   | SHA-256 of all |
 *  +-------+---------+-------+-- - - - --+----------------+
 * </pre>
 *
 * Big-endian; version 1; magic {@code ENKE} with the records of {@link WrappedEntry}, or {@code
 * ENKD} with day keys. Records are in strict order, so that each content has one encoding:
 *
 * <pre>
 *  0     4        12        44
 *  +-----+--------+---------+
 *  | day | number | day key |
 *  +-----+--------+---------+
 * </pre>
 *
 * <p>The hash detects damage. Each entry authenticates its binding to its day key, name and times.
 */
final class KeyFile {
  static final String ENTRIES = "entries";
  static final String DAYS = "days";
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 9;
  private static final int DAY_BYTES = 12 + Aes256Gcm.KEY_BYTES;
  private static final int ENTRIES_MAGIC = 0x454e4b45;
  private static final int DAYS_MAGIC = 0x454e4b44;

  private KeyFile() {}

  static byte[] encodeEntries(Collection<WrappedEntry> entries) {
    List<byte[]> records = entries.stream().map(WrappedEntry::encode).toList();
    return encode(ENTRIES_MAGIC, records);
  }

  static NavigableMap<KeyName, WrappedEntry> parseEntries(byte[] file) {
    NavigableMap<KeyName, WrappedEntry> entries = new TreeMap<>();
    for (WrappedEntry entry : parse(ENTRIES, ENTRIES_MAGIC, file, WrappedEntry::parse)) {
      requireAscending(ENTRIES, entries, entry.name());
      entries.put(entry.name(), entry);
    }
    return entries;
  }

  static byte[] encodeDays(NavigableMap<DayKeyId, SecretBytes> days) {
    List<byte[]> records = new ArrayList<>();
    days.forEach(
        (id, secret) -> {
          byte[] key = secret.reveal();
          records.add(
              ByteBuffer.allocate(DAY_BYTES)
                  .putInt(id.day())
                  .putLong(id.number())
                  .put(key)
                  .array());
          Arrays.fill(key, (byte) 0);
        });
    byte[] file = encode(DAYS_MAGIC, records);
    records.forEach(record -> Arrays.fill(record, (byte) 0));
    return file;
  }

  static NavigableMap<DayKeyId, SecretBytes> parseDays(byte[] file) {
    NavigableMap<DayKeyId, SecretBytes> days = new TreeMap<>();
    for (Map.Entry<DayKeyId, SecretBytes> day : parse(DAYS, DAYS_MAGIC, file, KeyFile::day)) {
      requireAscending(DAYS, days, day.getKey());
      days.put(day.getKey(), day.getValue());
    }
    return days;
  }

  private static Map.Entry<DayKeyId, SecretBytes> day(ByteBuffer in) {
    DayKeyId id = new DayKeyId(in.getInt(), in.getLong());
    byte[] key = new byte[Aes256Gcm.KEY_BYTES];
    in.get(key);
    return Map.entry(id, SecretBytes.takeOver(key));
  }

  private static byte[] encode(int magic, List<byte[]> records) {
    int length = records.stream().mapToInt(record -> record.length).sum();
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + length + Sha256.HASH_BYTES);
    out.putInt(magic).put((byte) VERSION).putInt(records.size());
    records.forEach(out::put);
    byte[] hash = new Sha256().update(out.array(), 0, HEADER_BYTES + length).digest();
    return out.put(hash).array();
  }

  @FunctionalInterface
  private interface ReadResult<T> {
    T read(ByteBuffer in);
  }

  private static <T> List<T> parse(String name, int magic, byte[] file, ReadResult<T> reading) {
    int content = file.length - Sha256.HASH_BYTES;
    if (content < HEADER_BYTES) {
      throw damaged(name, "it is too short", null);
    }
    ByteBuffer in = ByteBuffer.wrap(file, 0, content);
    if (in.getInt() != magic) {
      throw damaged(name, "it is not a keystore file of this kind", null);
    }
    int version = in.get() & 0xff;
    byte[] hash = new Sha256().update(file, 0, content).digest();
    if (!Arrays.equals(hash, 0, hash.length, file, content, file.length)) {
      throw damaged(name, "its hash does not match", null);
    }
    if (version != VERSION) {
      throw new KeystoreFailure(
          Kind.NEWER_FORMAT, "the keystore's file " + name + " has version " + version);
    }
    return records(name, in, reading);
  }

  private static <T> List<T> records(String name, ByteBuffer in, ReadResult<T> reading) {
    try {
      int count = in.getInt();
      List<T> records = new ArrayList<>();
      while (in.hasRemaining()) {
        records.add(reading.read(in));
      }
      if (records.size() != count) {
        throw damaged(name, "it holds " + records.size() + " records, not " + count, null);
      }
      return records;
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw damaged(name, "a record cannot be read: " + e.getMessage(), e);
    }
  }

  private static <K extends Comparable<K>> void requireAscending(
      String name, NavigableMap<K, ?> before, K key) {
    if (!before.isEmpty() && before.lastKey().compareTo(key) >= 0) {
      throw damaged(name, "its records are out of order", null);
    }
  }

  private static KeystoreFailure damaged(String name, String how, @Nullable Throwable cause) {
    return new KeystoreFailure(
        Kind.DAMAGED, "the keystore's file " + name + " is damaged: " + how, cause);
  }
}
