package org.entente.gateway.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 (FIPS 180-4), in one call over parts or incrementally.
 *
 * <p>Parts are hashed as if joined: where their boundaries matter, the caller encodes lengths. The
 * static method is safe for use by many threads; an instance belongs to one.
 */
public final class Sha256 {
  /** Length of a hash in bytes. */
  public static final int HASH_BYTES = 32;

  private static final ThreadLocal<MessageDigest> DIGESTS =
      ThreadLocal.withInitial(Sha256::newDigest);

  private final MessageDigest digest = newDigest();

  /** Starts an empty hash. */
  public Sha256() {}

  /** The 32-byte hash of {@code parts} joined. */
  public static byte[] hash(byte[]... parts) {
    MessageDigest digest = DIGESTS.get();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** Adds all of {@code bytes}. */
  public Sha256 update(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** Adds {@code length} bytes from {@code offset}. */
  public Sha256 update(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    return this;
  }

  /** The 32-byte hash of the added bytes; the instance then starts over. */
  public byte[] digest() {
    return digest.digest();
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
