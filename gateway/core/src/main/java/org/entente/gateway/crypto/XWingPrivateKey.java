package org.entente.gateway.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;

/**
 * A private X-Wing key (draft-connolly-cfrg-xwing-kem), kept as its 32-byte seed.
 *
 * <p>The seed is random and never derived from other keys, so erasing it erases the key. Each use
 * expands both halves again, so that closing wipes the only lasting copy; a use is some ten
 * thousand times rarer than a message. Safe for use by many threads.
 */
public final class XWingPrivateKey implements AutoCloseable {
  /** Length of a seed in bytes. */
  public static final int SEED_BYTES = 32;

  private final SecretBytes seed;
  private final XWingPublicKey publicKey;

  private XWingPrivateKey(SecretBytes seed) {
    this.seed = seed;
    this.publicKey = XWingPublicKey.of(expand().getPublicKeyParameters().getEncoded());
  }

  /** Makes a new key from 32 bytes drawn from {@code random}. */
  public static XWingPrivateKey generate(SecureRandom random) {
    return new XWingPrivateKey(SecretBytes.random(random, SEED_BYTES));
  }

  /**
   * Restores a key from its 32-byte seed, which is copied.
   *
   * @throws IllegalArgumentException if {@code seed} is not 32 bytes long
   */
  public static XWingPrivateKey fromSeed(byte[] seed) {
    return new XWingPrivateKey(
        SecretBytes.takeOver(Bytes.copyExactly(seed, SEED_BYTES, "X-Wing seed")));
  }

  /** The public half, usable after closing. */
  public XWingPublicKey publicKey() {
    return publicKey;
  }

  /**
   * A copy of the secret seed, for a keystore; the caller wipes it.
   *
   * @throws IllegalStateException if closed
   */
  public byte[] seed() {
    return seed.reveal();
  }

  AsymmetricCipherKeyPair keyPair() {
    XWingPrivateKeyParameters expanded = expand();
    return new AsymmetricCipherKeyPair(expanded.getPublicKeyParameters(), expanded);
  }

  private XWingPrivateKeyParameters expand() {
    byte[] copy = seed.reveal();
    try {
      return new XWingPrivateKeyParameters(copy);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /** Wipes the seed; the key then opens nothing. */
  @Override
  public void close() {
    seed.close();
  }

  @Override
  public String toString() {
    return SecretBytes.HIDDEN;
  }
}
