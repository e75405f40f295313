package org.entente.gateway.seal.format;

import java.util.Arrays;
import org.entente.gateway.crypto.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A number that its origin withdraws, with the hash of its envelope's header. Immutable; compares
 * by value.
 */
public final class VoidedNumber {
  private final OriginNumber number;
  private final byte[] headerHash;

  /**
   * Joins a number and a header hash of 32 bytes, which is copied.
   *
   * @throws IllegalArgumentException if the hash has another length
   */
  public VoidedNumber(OriginNumber number, byte[] headerHash) {
    if (headerHash.length != Sha256.HASH_BYTES) {
      throw new IllegalArgumentException("a header hash of " + headerHash.length + " bytes");
    }
    this.number = number;
    this.headerHash = headerHash.clone();
  }

  static VoidedNumber read(FieldReader in) {
    return new VoidedNumber(in.originNumber(), in.fixed(Sha256.HASH_BYTES));
  }

  void write(FieldWriter out) {
    out.originNumber(number).fixed(headerHash);
  }

  /** The number. */
  public OriginNumber number() {
    return number;
  }

  /** A copy of the 32-byte hash. */
  public byte[] headerHash() {
    return headerHash.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VoidedNumber that
        && number.equals(that.number)
        && Arrays.equals(headerHash, that.headerHash);
  }

  @Override
  public int hashCode() {
    return 31 * number.hashCode() + Arrays.hashCode(headerHash);
  }

  @Override
  public String toString() {
    return "void " + number;
  }
}
