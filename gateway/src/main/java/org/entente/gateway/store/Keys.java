package org.entente.gateway.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds keys whose order in the store is the order of their parts, the first part deciding first.
 *
 * <p>Numbers are unsigned and big-endian. Text is ASCII behind one byte of length, so that a key is
 * read back without doubt and no text is a prefix of another: text is ordered by length first.
 * {@link KeyReader} reads the parts back. Used by one thread.
 */
public final class Keys {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(32);

  private Keys() {}

  /** A key without parts. */
  public static Keys key() {
    return new Keys();
  }

  /** Adds a number from 0 to 255. */
  public Keys u8(int value) {
    requireFits(value, 0xff);
    out.write(value);
    return this;
  }

  /** Adds a number from 0 to 65535. */
  public Keys u16(int value) {
    requireFits(value, 0xffff);
    return bigEndian(value, 2);
  }

  /** Adds a number from 0 to 2^32 - 1. */
  public Keys u32(long value) {
    requireFits(value, 0xffff_ffffL);
    return bigEndian(value, 4);
  }

  /** Adds a number of 64 bits, taken as unsigned: negative values come after all others. */
  public Keys u64(long value) {
    return bigEndian(value, 8);
  }

  /** Adds up to 255 ASCII characters behind their count. */
  public Keys ascii(String text) {
    requireFits(text.length(), 0xff);
    if (!text.chars().allMatch(c -> c < 0x80)) {
      throw new IllegalArgumentException("a key's text must be ASCII: " + text);
    }
    out.write(text.length());
    return bytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Adds bytes as they are: of a fixed length, or last. */
  public Keys bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** The key. */
  public byte[] done() {
    return out.toByteArray();
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

  private Keys bigEndian(long value, int length) {
    for (int i = length - 1; i >= 0; i--) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }

  private static void requireFits(long value, long most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(value + " is not from 0 to " + most);
    }
  }
}
