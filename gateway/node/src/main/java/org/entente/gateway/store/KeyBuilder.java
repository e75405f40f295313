package org.entente.gateway.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds keys whose order in the store is the order of their parts, the first part deciding first.
 *
 * <p>Numbers are unsigned and big-endian. Text is ASCII after one byte of length, so that a key is
 * parsed unambiguously and no text is a prefix of another: text is ordered by length first. {@link
 * KeyReader} reads the parts back. Used by one thread.
 */
public final class KeyBuilder {
  private static final int USUAL_BYTES = 32;

  private byte[] out;
  private int length;

  private KeyBuilder(int bytes) {
    out = new byte[bytes];
  }

  /** A key without parts. */
  public static KeyBuilder key() {
    return new KeyBuilder(USUAL_BYTES);
  }

  /** An empty key with room for a number of bytes, so that adding parts copies nothing. */
  public static KeyBuilder key(int bytes) {
    return new KeyBuilder(bytes);
  }

  /** Adds a number from 0 to 255. */
  public KeyBuilder u8(int value) {
    requireFits(value, 0xff);
    return bigEndian(value, 1);
  }

  /** Adds a number from 0 to 65535. */
  public KeyBuilder u16(int value) {
    requireFits(value, 0xffff);
    return bigEndian(value, 2);
  }

  /** Adds a number from 0 to 2^32 - 1. */
  public KeyBuilder u32(long value) {
    requireFits(value, 0xffff_ffffL);
    return bigEndian(value, 4);
  }

  /** Adds a number of 64 bits, taken as unsigned: negative values come after all others. */
  public KeyBuilder u64(long value) {
    return bigEndian(value, 8);
  }

  /** Adds up to 255 ASCII characters after their count. */
  public KeyBuilder ascii(String text) {
    int count = text.length();
    requireFits(count, 0xff);
    bigEndian(count, 1);
    int at = grow(count);
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        throw new IllegalArgumentException("a key's text must be ASCII: " + text);
      }
      out[at + i] = (byte) c;
    }
    return this;
  }

  /** Adds bytes as they are: of a fixed length, or last. */
  public KeyBuilder bytes(byte[] bytes) {
    return bytes(bytes, bytes.length);
  }

  /** Adds the first of some bytes. */
  public KeyBuilder bytes(byte[] bytes, int count) {
    int at = grow(count);
    System.arraycopy(bytes, 0, out, at, count);
    return this;
  }

  /** The key; a further part does not change it. */
  public byte[] done() {
    return length == out.length ? out : Arrays.copyOf(out, length);
  }

  /**
   * The end of the range of keys that begin with {@code prefix}: the least key above all of them,
   * or null if there is none, which {@link Store#scan} takes for the end of the table.
   */
  public static byte @Nullable [] endOf(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xff) {
        byte[] end = Arrays.copyOf(prefix, i + 1);
        end[i]++;
        return end;
      }
    }
    return null;
  }

  private KeyBuilder bigEndian(long value, int count) {
    int at = grow(count);
    for (int i = 0; i < count; i++) {
      out[at + i] = (byte) (value >>> (8 * (count - 1 - i)));
    }
    return this;
  }

  /** Makes room for more bytes; returns where they begin. */
  private int grow(int count) {
    int at = length;
    length = Math.addExact(length, count);
    if (length > out.length) {
      out = Arrays.copyOf(out, Math.max(length, 2 * out.length));
    }
    return at;
  }

  private static void requireFits(long value, long most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(value + " is not from 0 to " + most);
    }
  }
}
