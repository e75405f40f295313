package org.entente.gateway.crypto;

/**
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1). Stateless and safe for use by many threads.
 *
 * <p>Parts are authenticated as if joined: where their boundaries matter, the caller encodes
 * lengths. Compare results with {@link ConstantTime#equal}.
 */
public final class HmacSha256 {
  /** Length of a result in bytes. */
  public static final int MAC_BYTES = 32;

  private HmacSha256() {}

  /** The 32-byte code of {@code parts} joined under a key of any length. */
  public static byte[] mac(byte[] key, byte[]... parts) {
    return Hmac.SHA_256.mac(key, parts);
  }
}
