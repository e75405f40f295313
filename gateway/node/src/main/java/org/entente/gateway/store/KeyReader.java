package org.entente.gateway.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.entente.gateway.model.BigEndian;

/**
 * Reads the parts of a key that {@link KeyBuilder} built, in the same order.
 *
 * <p>A key that is shorter or longer than the parts read was written by another release or is
 * damaged: {@link IllegalStateException}. Used by one thread.
 */
public final class KeyReader {
  private final byte[] key;
  private int at;

  private KeyReader(byte[] key) {
    this.key = key;
  }

  /** Reads {@code key} from its beginning. */
  public static KeyReader of(byte[] key) {
    return new KeyReader(key);
  }

  /** The next byte as a number. */
  public int u8() {
    return key[take(1)] & 0xff;
  }

  /** The next 2 bytes as a number. */
  public int u16() {
    int from = take(2);
    return (key[from] & 0xff) << 8 | (key[from + 1] & 0xff);
  }

  /** The next 4 bytes as a number. */
  public long u32() {
    return BigEndian.u32(key, take(4)) & 0xffff_ffffL;
  }

  /** The next 8 bytes as a number, unsigned. */
  public long u64() {
    return BigEndian.u64(key, take(8));
  }

  /** The next text. */
  public String ascii() {
    int length = u8();
    return new String(key, take(length), length, StandardCharsets.US_ASCII);
  }

  /** The next {@code length} bytes. */
  public byte[] bytes(int length) {
    int from = take(length);
    return Arrays.copyOfRange(key, from, from + length);
  }

  /** All bytes that are left. */
  public byte[] rest() {
    return bytes(key.length - at);
  }

  /** Whether nothing is left. */
  public boolean atEnd() {
    return at == key.length;
  }

  /** Checks that nothing is left. */
  public void end() {
    if (at != key.length) {
      throw new IllegalStateException((key.length - at) + " bytes too many in a key");
    }
  }

  private int take(int length) {
    if (length > key.length - at) {
      throw new IllegalStateException(
          "a key of " + key.length + " bytes ends before its part at " + at);
    }
    int from = at;
    at += length;
    return from;
  }
}
