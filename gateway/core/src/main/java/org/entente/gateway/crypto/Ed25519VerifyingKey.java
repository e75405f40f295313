package org.entente.gateway.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * A public Ed25519 key (RFC 8032, section 5.1), checked to be a canonical point of prime order.
 *
 * <p>The check is stricter than RFC 8032 requires: with a point of small or mixed order, one
 * signature can verify under several keys or messages. Verification also refuses an S that is not
 * reduced and an R that is not of prime order. RFC 8032 leaves multiplication by the cofactor to
 * the verifier, so a signer could otherwise make a signature that this program accepts and another
 * refuses, and disown it later. Immutable and safe for use by many threads; equal when the
 * encodings are equal.
 */
public final class Ed25519VerifyingKey {
  /** Length of an encoded key in bytes. */
  public static final int ENCODED_BYTES = Ed25519.PUBLIC_KEY_SIZE;

  /** Length of a signature in bytes. */
  public static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_SIZE;

  private final byte[] encoded;
  private final Ed25519.PublicPoint point;

  private Ed25519VerifyingKey(byte[] encoded, Ed25519.PublicPoint point) {
    this.encoded = encoded;
    this.point = point;
  }

  /** Reads a key from outside; empty if it is not the canonical encoding of a prime-order point. */
  public static Optional<Ed25519VerifyingKey> parse(byte[] encoded) {
    if (encoded.length != ENCODED_BYTES) {
      return Optional.empty();
    }
    byte[] copy = encoded.clone();
    Ed25519.@Nullable PublicPoint point = Ed25519.validatePublicKeyFullExport(copy, 0);
    return point == null ? Optional.empty() : Optional.of(new Ed25519VerifyingKey(copy, point));
  }

  /**
   * Reads a key that is known to be good.
   *
   * @throws IllegalArgumentException where {@link #parse} would be empty
   */
  public static Ed25519VerifyingKey of(byte[] encoded) {
    return parse(encoded)
        .orElseThrow(() -> new IllegalArgumentException("not a valid Ed25519 public key"));
  }

  /** Whether {@code signature} is this key's over {@code message}; malformed ones are not. */
  public boolean verify(byte[] message, byte[] signature) {
    return signature.length == SIGNATURE_BYTES
        && Ed25519.verify(signature, 0, point, message, 0, message.length)
        && Ed25519.validatePublicKeyFull(signature, 0);
  }

  /** A copy of the 32-byte encoding. */
  public byte[] encoded() {
    return encoded.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ed25519VerifyingKey key && Arrays.equals(encoded, key.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "ed25519:" + HexFormat.of().formatHex(encoded);
  }
}
