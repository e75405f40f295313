package org.entente.gateway.crypto;

import java.math.BigInteger;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** Checks of an X25519 public value (RFC 7748, sections 5 and 6.1). */
final class X25519Point {
  static final int BYTES = X25519.POINT_SIZE;

  private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  private X25519Point() {}

  /** Whether a value is canonical and not of low order. */
  static boolean isSafe(byte[] point) {
    return isCanonical(point) && !isLowOrder(point);
  }

  /** Whether the value is below 2^255 - 19, unused top bit included. */
  static boolean isCanonical(byte[] point) {
    byte[] bigEndian = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bigEndian[BYTES - 1 - i] = point[i];
    }
    return new BigInteger(1, bigEndian).compareTo(PRIME) < 0;
  }

  /**
   * Whether every scalar takes the value to zero.
   *
   * <p>A clamped scalar is a multiple of 8, so it takes exactly the points of low order, on the
   * curve and on its twist, to zero. Testing one scalar that no other point's order divides is
   * enough. Clamping turns the zero array into 2^254.
   */
  static boolean isLowOrder(byte[] point) {
    return !X25519.calculateAgreement(
        new byte[X25519.SCALAR_SIZE], 0, point, 0, new byte[BYTES], 0);
  }
}
