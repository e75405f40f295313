package org.entente.gateway.seal.format;

/**
 * Padmé (Nikitin and others, "Reducing metadata leakage from encrypted files and communication with
 * PURBs", 2019): lengths are rounded up so that they tell O(log log n) bits instead of O(log n), at
 * a cost of at most 12 %, falling with length.
 */
public final class Padme {
  private Padme() {}

  /** The least allowed length that is not below {@code length}, which is at least 2. */
  public static int paddedLength(int length) {
    int exponent = floorLog2(length);
    int significant = floorLog2(exponent) + 1;
    int mask = (1 << (exponent - significant)) - 1;
    return Math.addExact(length, mask) & ~mask;
  }

  private static int floorLog2(int value) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(value);
  }
}
