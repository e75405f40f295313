package org.entente.gateway.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * A public ML-DSA-44 key (FIPS 204). Any 1312 bytes are a valid encoding.
 *
 * <p>Immutable and safe for use by many threads; equal when the encodings are equal.
 */
public final class MlDsa44VerifyingKey {
  /** Length of an encoded key in bytes. */
  public static final int ENCODED_BYTES = 1312;

  /** Length of a signature in bytes. */
  public static final int SIGNATURE_BYTES = 2420;

  private static final byte[] NO_CONTEXT = {};

  private final byte[] encoded;
  private final MLDSAPublicKeyParameters parameters;

  private MlDsa44VerifyingKey(byte[] encoded) {
    this.encoded = encoded;
    this.parameters = new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_44, encoded.clone());
  }

  /** Reads a key from outside; empty if it is not 1312 bytes long. */
  public static Optional<MlDsa44VerifyingKey> parse(byte[] encoded) {
    return encoded.length == ENCODED_BYTES
        ? Optional.of(new MlDsa44VerifyingKey(encoded.clone()))
        : Optional.empty();
  }

  /**
   * Reads a key that is known to be good.
   *
   * @throws IllegalArgumentException where {@link #parse} would be empty
   */
  public static MlDsa44VerifyingKey of(byte[] encoded) {
    return parse(encoded)
        .orElseThrow(() -> new IllegalArgumentException("not an ML-DSA-44 public key"));
  }

  /** Whether {@code signature} is this key's over {@code message} with the empty context. */
  public boolean verify(byte[] message, byte[] signature) {
    return verify(message, NO_CONTEXT, signature);
  }

  /** Whether {@code signature} is this key's over {@code message} under {@code context}. */
  public boolean verify(byte[] message, byte[] context, byte[] signature) {
    return signature.length == SIGNATURE_BYTES
        && MlDsaVerification.verify(parameters, message, context, signature);
  }

  /** A copy of the 1312-byte encoding. */
  public byte[] encoded() {
    return encoded.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MlDsa44VerifyingKey key && Arrays.equals(encoded, key.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "ml-dsa-44:" + HexFormat.of().formatHex(encoded, 0, 16) + "…";
  }
}
