package org.entente.gateway.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.pqc.crypto.xwing.XWingPublicKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * A public X-Wing key (draft-connolly-cfrg-xwing-kem): an ML-KEM-768 encapsulation key (1184 bytes)
 * followed by an X25519 public key (32 bytes), both checked.
 *
 * <p>The ML-KEM part passes the modulus check of FIPS 203, section 7.2. The X25519 part is not of
 * low order, which would make that half of the secret zero. It is canonical, so that a key has one
 * encoding. Immutable and safe for use by many threads; equal when the encodings are equal.
 */
public final class XWingPublicKey {
  /** Length of an encoded key in bytes. */
  public static final int ENCODED_BYTES = 1216;

  static final int ML_KEM_BYTES = 1184;

  private final byte[] encoded;

  private XWingPublicKey(byte[] encoded) {
    this.encoded = encoded;
  }

  /** Reads a key from outside; empty if it is not 1216 bytes long or a half is malformed. */
  public static Optional<XWingPublicKey> parse(byte[] encoded) {
    if (encoded.length != ENCODED_BYTES
        || !MlKem768Encoding.isReduced(encoded)
        || !X25519Point.isSafe(Arrays.copyOfRange(encoded, ML_KEM_BYTES, ENCODED_BYTES))) {
      return Optional.empty();
    }
    return Optional.of(new XWingPublicKey(encoded.clone()));
  }

  /**
   * Reads a key that is known to be good.
   *
   * @throws IllegalArgumentException where {@link #parse} would be empty
   */
  public static XWingPublicKey of(byte[] encoded) {
    return parse(encoded)
        .orElseThrow(() -> new IllegalArgumentException("not a valid X-Wing public key"));
  }

  /** A copy of the 1216-byte encoding. */
  public byte[] encoded() {
    return encoded.clone();
  }

  XWingPublicKeyParameters parameters() {
    return new XWingPublicKeyParameters(encoded.clone());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof XWingPublicKey key && Arrays.equals(encoded, key.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "x-wing:" + HexFormat.of().formatHex(encoded, 0, 16) + "…";
  }
}
