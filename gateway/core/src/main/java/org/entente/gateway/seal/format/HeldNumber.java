package org.entente.gateway.seal.format;

import java.util.Arrays;
import org.entente.gateway.crypto.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A number that its recipient has counted, with the hash of the header of what came under it.
 * Immutable; compares by value.
 */
public final class HeldNumber {
  private static final byte[] UNKNOWN = new byte[Sha256.HASH_BYTES];

  private final OriginNumber number;
  private final byte[] headerHash;

  /**
   * Joins a number and a header hash of 32 bytes, which is copied.
   *
   * @throws IllegalArgumentException if the hash has another length
   */
  public HeldNumber(OriginNumber number, byte[] headerHash) {
    if (headerHash.length != Sha256.HASH_BYTES) {
      throw new IllegalArgumentException("a header hash of " + headerHash.length + " bytes");
    }
    this.number = number;
    this.headerHash = headerHash.clone();
  }

  /** A number whose content the recipient no longer knows: 32 zero bytes stand for the hash. */
  public static HeldNumber ofUnknownContent(OriginNumber number) {
    return new HeldNumber(number, UNKNOWN);
  }

  static HeldNumber read(FieldReader in) {
    return new HeldNumber(in.originNumber(), in.fixed(Sha256.HASH_BYTES));
  }

  void write(FieldWriter out) {
    out.originNumber(number).fixed(headerHash);
  }

  /** The number. */
  public OriginNumber number() {
    return number;
  }

  /** Whether the recipient knows what came under the number. */
  public boolean isKnown() {
    return !Arrays.equals(headerHash, UNKNOWN);
  }

  /** A copy of the 32-byte hash. */
  public byte[] headerHash() {
    return headerHash.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HeldNumber that
        && number.equals(that.number)
        && Arrays.equals(headerHash, that.headerHash);
  }

  @Override
  public int hashCode() {
    return 31 * number.hashCode() + Arrays.hashCode(headerHash);
  }

  @Override
  public String toString() {
    return "held " + number;
  }
}
