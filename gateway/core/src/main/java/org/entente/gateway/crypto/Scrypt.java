package org.entente.gateway.crypto;

import org.bouncycastle.crypto.generators.SCrypt;

/**
 * Derivation of keys from passphrases with scrypt (RFC 7914). Stateless and safe for use by many
 * threads.
 */
public final class Scrypt {
  /** Most memory in bytes that a stored cost may make a reader use. */
  private static final long MOST_MEMORY = 512L << 20;

  private static final int MOST_LOG_N = 24;
  private static final int MOST_P = 16;

  private Scrypt() {}

  /**
   * Cost of a derivation, and so of each guess: {@code 128 · r · 2^logN} bytes of memory, {@code p}
   * times.
   *
   * @param logN binary logarithm of N, from 1
   * @param r block size, from 1
   * @param p parallelisation, from 1
   */
  public record Cost(int logN, int r, int p) {
    /**
     * 64 MiB, twice; half a second. One of the equivalent settings in OWASP's guidance on storing
     * passwords.
     */
    public static final Cost DEFAULT = new Cost(16, 8, 2);

    /** Whether it is valid and needs at most 512 MiB; check every stored cost with this. */
    public boolean isBearable() {
      boolean sane = logN >= 1 && logN <= MOST_LOG_N && r >= 1 && p >= 1 && p <= MOST_P;
      return sane && ((128L * r) << logN) <= MOST_MEMORY;
    }
  }

  /**
   * Derives a key.
   *
   * @param salt 16 random bytes or more
   * @param length of the key in bytes
   * @throws IllegalArgumentException if the cost is not bearable
   */
  public static SecretBytes derive(SecretBytes passphrase, byte[] salt, Cost cost, int length) {
    if (!cost.isBearable()) {
      throw new IllegalArgumentException("scrypt cost out of bounds: " + cost);
    }
    return SecretBytes.takeOver(
        passphrase.use(
            secret -> SCrypt.generate(secret, salt, 1 << cost.logN(), cost.r(), cost.p(), length)));
  }
}
