package org.entente.gateway.crypto;

import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A private Ed25519 key (RFC 8032, section 5.1), kept as its 32-byte seed.
 *
 * <p>Signing is deterministic and needs no randomness. Immutable and safe for use by many threads.
 */
public final class Ed25519SigningKey {
  /** Length of a seed in bytes. */
  public static final int SEED_BYTES = Ed25519.SECRET_KEY_SIZE;

  private final byte[] seed;
  private final byte[] publicKey;
  private final Ed25519VerifyingKey verifyingKey;

  private Ed25519SigningKey(byte[] seed) {
    this.seed = seed;
    this.publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    this.verifyingKey = Ed25519VerifyingKey.of(publicKey);
  }

  /** Makes a new key from 32 bytes drawn from {@code random}. */
  public static Ed25519SigningKey generate(SecureRandom random) {
    return new Ed25519SigningKey(Bytes.random(random, SEED_BYTES));
  }

  /**
   * Restores a key from its 32-byte seed, which is copied.
   *
   * @throws IllegalArgumentException if {@code seed} is not 32 bytes long
   */
  public static Ed25519SigningKey fromSeed(byte[] seed) {
    return new Ed25519SigningKey(Bytes.copyExactly(seed, SEED_BYTES, "Ed25519 seed"));
  }

  /** Signs {@code message} (pure Ed25519, no context); returns 64 bytes. */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519VerifyingKey.SIGNATURE_BYTES];
    Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /** The public half. */
  public Ed25519VerifyingKey verifyingKey() {
    return verifyingKey;
  }

  /** A copy of the secret seed, for a keystore; the caller wipes it. */
  public byte[] seed() {
    return seed.clone();
  }

  @Override
  public String toString() {
    return SecretBytes.HIDDEN;
  }
}
