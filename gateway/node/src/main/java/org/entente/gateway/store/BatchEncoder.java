package org.entente.gateway.store;

import java.util.EnumMap;
import java.util.Map;

/**
 * Encodes a batch as RocksDB keeps it, so that a commit crosses into native code once, and not once
 * for each of its changes.
 *
 * <pre>
 * batch  · sequence (8, little-endian; 0: RocksDB assigns it) · count of changes (4, little-endian)
 *        · mark · changes
 * mark   · 03 · 10 · random number of the opening (16): only the log keeps it, and it tells a batch
 *        in a log from bytes in a value
 * put    · 05 · varint column family · bytes key · bytes value
 * delete · 04 · varint column family · bytes key
 * range  · 0e · varint column family · bytes from · bytes to
 * bytes  · varint length · that many bytes
 * </pre>
 *
 * RocksDB checks the count and the lengths only when the log already holds the batch. So an
 * encoding whose size is not the one computed beforehand is a bug, and is thrown as one. Safe for
 * use by many threads.
 */
final class BatchEncoder {
  /** Bytes of the number of an opening. */
  static final int OPENING_BYTES = 16;

  /** Where a batch names its opening. */
  static final int MARK_AT = 12;

  static final int MARK_BYTES = 2 + OPENING_BYTES;
  static final byte LOG_DATA = 0x03;

  private static final byte PUT = 0x05;
  private static final byte DELETE = 0x04;
  private static final byte DELETE_RANGE = 0x0e;
  private static final int COUNT_AT = 8;
  private static final int HEADER_BYTES = MARK_AT + MARK_BYTES;

  private final Map<Table, Integer> families;
  private final byte[] opening;

  /**
   * An encoder for these column families. None may be 0, which is RocksDB's default one.
   *
   * @param opening a random number of this opening of the store, which nobody else knows
   */
  BatchEncoder(Map<Table, Integer> families, byte[] opening) {
    if (opening.length != OPENING_BYTES) {
      throw new IllegalArgumentException("an opening's number of " + opening.length + " bytes");
    }
    this.opening = opening.clone();
    for (Table table : Table.values()) {
      if (families.getOrDefault(table, 0) <= 0) {
        throw new IllegalArgumentException("no column family for " + table);
      }
    }
    this.families = new EnumMap<>(families);
  }

  /** The changes of a batch in their order. */
  byte[] encode(Batch batch) {
    Size size = new Size();
    batch.applyTo(size);
    Encoding encoding = new Encoding(Math.toIntExact(size.bytes));
    batch.applyTo(encoding);
    return encoding.finished(size.count);
  }

  @SuppressWarnings("NullAway") // the constructor requires every table
  private int family(Table table) {
    return families.get(table);
  }

  private static int varintBytes(int value) {
    return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
  }

  private final class Size implements Batch.Target {
    private long bytes = HEADER_BYTES;
    private int count;

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      begin(table);
      add(key);
      add(value);
    }

    @Override
    public void delete(Table table, byte[] key) {
      begin(table);
      add(key);
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      begin(table);
      add(from);
      add(to);
    }

    private void begin(Table table) {
      count++;
      bytes += 1 + varintBytes(family(table));
    }

    private void add(byte[] part) {
      bytes += varintBytes(part.length) + part.length;
    }
  }

  private final class Encoding implements Batch.Target {
    private final byte[] out;
    private int at = HEADER_BYTES;
    private int count;

    Encoding(int bytes) {
      out = new byte[bytes];
    }

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      begin(PUT, table);
      add(key);
      add(value);
    }

    @Override
    public void delete(Table table, byte[] key) {
      begin(DELETE, table);
      add(key);
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      begin(DELETE_RANGE, table);
      add(from);
      add(to);
    }

    private void begin(byte kind, Table table) {
      count++;
      out[at++] = kind;
      varint(family(table));
    }

    private void add(byte[] part) {
      varint(part.length);
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }

    private void varint(int value) {
      int rest = value;
      while (rest >= 0x80) {
        out[at++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      out[at++] = (byte) rest;
    }

    byte[] finished(int expected) {
      if (at != out.length || count != expected) {
        throw new IllegalStateException(
            "a batch of " + expected + " changes was changed while it was encoded");
      }
      for (int i = 0; i < Integer.BYTES; i++) {
        out[COUNT_AT + i] = (byte) (count >>> (Byte.SIZE * i));
      }
      out[MARK_AT] = LOG_DATA;
      out[MARK_AT + 1] = OPENING_BYTES;
      System.arraycopy(opening, 0, out, MARK_AT + 2, OPENING_BYTES);
      return out;
    }
  }
}
