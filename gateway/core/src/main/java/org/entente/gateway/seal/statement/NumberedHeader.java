package org.entente.gateway.seal.statement;

import java.util.Arrays;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.OriginNumber;
import org.jspecify.annotations.Nullable;

/**
 * A number between an origin and a recipient, with the hash of the header of its envelope: the
 * recipient has counted it, or the origin withdraws it. Immutable; compares by value.
 */
public final class NumberedHeader {
  /** Length in a statement: epoch, lane, sequence and hash. */
  public static final int BYTES = 8 + 1 + 8 + Sha256.HASH_BYTES;

  private static final byte[] UNKNOWN = new byte[Sha256.HASH_BYTES];

  private final OriginNumber number;
  private final byte[] headerHash;

  /**
   * Joins a number and a header hash of 32 bytes, which is copied.
   *
   * @throws IllegalArgumentException if the hash has another length
   */
  public NumberedHeader(OriginNumber number, byte[] headerHash) {
    if (headerHash.length != Sha256.HASH_BYTES) {
      throw new IllegalArgumentException("a header hash of " + headerHash.length + " bytes");
    }
    this.number = number;
    this.headerHash = headerHash.clone();
  }

  /** A number whose content the recipient no longer knows: 32 zero bytes stand for the hash. */
  public static NumberedHeader ofUnknownContent(OriginNumber number) {
    return new NumberedHeader(number, UNKNOWN);
  }

  static NumberedHeader read(FieldReader in) {
    return new NumberedHeader(in.originNumber(), in.fixed(Sha256.HASH_BYTES));
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
    return other instanceof NumberedHeader that
        && number.equals(that.number)
        && Arrays.equals(headerHash, that.headerHash);
  }

  @Override
  public int hashCode() {
    return 31 * number.hashCode() + Arrays.hashCode(headerHash);
  }

  @Override
  public String toString() {
    return "number " + number;
  }
}
