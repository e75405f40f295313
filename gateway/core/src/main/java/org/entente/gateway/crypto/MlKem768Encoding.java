package org.entente.gateway.crypto;

/** The check of an ML-KEM-768 encapsulation key (FIPS 203, section 7.2). */
final class MlKem768Encoding {
  private static final int MODULUS = 3329;
  // Three polynomials of 256 coefficients of 12 bits; then 32 bytes of seed, any of which will do.
  private static final int COEFFICIENT_BYTES = 3 * 256 * 12 / 8;

  private MlKem768Encoding() {}

  /** Whether every coefficient at the start of {@code key} is below the modulus. */
  static boolean isReduced(byte[] key) {
    for (int at = 0; at < COEFFICIENT_BYTES; at += 3) {
      int three = (key[at] & 0xff) | (key[at + 1] & 0xff) << 8 | (key[at + 2] & 0xff) << 16;
      if ((three & 0xfff) >= MODULUS || three >>> 12 >= MODULUS) {
        return false;
      }
    }
    return true;
  }
}
