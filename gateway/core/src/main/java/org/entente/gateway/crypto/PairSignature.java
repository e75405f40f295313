package org.entente.gateway.crypto;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signature of a {@link SigningPair}: an Ed25519 signature (64 bytes) and an ML-DSA-44 signature
 * (2420 bytes) over the same message.
 *
 * <p>The lengths are fixed, so neither half can be left out. Encoded in that order. Immutable:
 * arrays are copied in and out. Equal when the bytes are equal.
 */
public final class PairSignature {
  /** Length of an encoded signature in bytes. */
  public static final int ENCODED_BYTES =
      Ed25519VerifyingKey.SIGNATURE_BYTES + MlDsa44VerifyingKey.SIGNATURE_BYTES;

  private final byte[] ed25519;
  private final byte[] mlDsa44;

  /**
   * Joins two signatures, which are copied.
   *
   * @throws IllegalArgumentException if either has the wrong length
   */
  public PairSignature(byte[] ed25519, byte[] mlDsa44) {
    this.ed25519 =
        Bytes.copyExactly(ed25519, Ed25519VerifyingKey.SIGNATURE_BYTES, "Ed25519 signature");
    this.mlDsa44 =
        Bytes.copyExactly(mlDsa44, MlDsa44VerifyingKey.SIGNATURE_BYTES, "ML-DSA-44 signature");
  }

  /** Reads a signature from outside; empty unless it is exactly 2484 bytes long. */
  public static Optional<PairSignature> parse(byte[] encoded) {
    if (encoded.length != ENCODED_BYTES) {
      return Optional.empty();
    }
    return Optional.of(
        new PairSignature(
            Arrays.copyOf(encoded, Ed25519VerifyingKey.SIGNATURE_BYTES),
            Arrays.copyOfRange(encoded, Ed25519VerifyingKey.SIGNATURE_BYTES, ENCODED_BYTES)));
  }

  /** A copy of the Ed25519 signature. */
  public byte[] ed25519() {
    return ed25519.clone();
  }

  /** A copy of the ML-DSA-44 signature. */
  public byte[] mlDsa44() {
    return mlDsa44.clone();
  }

  /** The Ed25519 signature followed by the ML-DSA-44 signature (2484 bytes). */
  public byte[] encoded() {
    return Bytes.concat(ed25519, mlDsa44);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PairSignature signature
        && Arrays.equals(ed25519, signature.ed25519)
        && Arrays.equals(mlDsa44, signature.mlDsa44);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ed25519) + Arrays.hashCode(mlDsa44);
  }

  @Override
  public String toString() {
    return "PairSignature";
  }
}
