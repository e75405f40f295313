package org.entente.gateway.seal.format;

/**
 * Number of a stored message's own key in the tree of its bucket: a random <i>part</i> of 48 bits,
 * then a serial of 16 bits. The recipient allots it; nothing that arrives influences it.
 *
 * @param number all 64 bits
 */
public record MessageLeaf(long number) {
  /** Length of the encoded number. */
  public static final int BYTES = 8;

  /** Leaves of one part. */
  public static final int SERIALS = 1 << 16;

  /** Parts of a bucket. */
  public static final long PARTS = 1L << 48;

  /** A leaf of a part. */
  public static MessageLeaf of(long part, int serial) {
    if (part < 0 || part >= PARTS || serial < 0 || serial >= SERIALS) {
      throw new IllegalArgumentException("leaf " + serial + " of part " + part);
    }
    return new MessageLeaf(part << 16 | serial);
  }

  /** Its part, 0 to 2^48-1. */
  public long part() {
    return number >>> 16;
  }
}
