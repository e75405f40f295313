package org.entente.gateway.seal.format;

import java.util.HexFormat;
import org.entente.gateway.model.BigEndian;

/**
 * Identifier of a session: the first 16 bytes of the SHA-256 of its announcement. Unique only
 * together with the origin. Prints as 32 hex digits.
 */
public record SessionId(long high, long low) {
  /** Size in bytes. */
  public static final int SIZE = 16;

  /** The id in the first 16 bytes of {@code bytes}. */
  static SessionId of(byte[] bytes) {
    return new SessionId(BigEndian.u64(bytes, 0), BigEndian.u64(bytes, 8));
  }

  /** The 16 bytes. */
  public byte[] bytes() {
    byte[] out = new byte[SIZE];
    BigEndian.putU64(out, 0, high);
    BigEndian.putU64(out, 8, low);
    return out;
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
