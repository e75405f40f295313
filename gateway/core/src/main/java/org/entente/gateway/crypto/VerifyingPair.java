package org.entente.gateway.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The public halves of a {@link SigningPair}; a message is signed only if both signatures verify.
 *
 * <p>Encoded as the Ed25519 key (32 bytes) followed by the ML-DSA-44 key (1312 bytes). Immutable
 * and safe for use by many threads.
 *
 * @param ed25519 the classical half
 * @param mlDsa44 the post-quantum half
 */
public record VerifyingPair(Ed25519VerifyingKey ed25519, MlDsa44VerifyingKey mlDsa44) {
  /** Length of an encoded pair in bytes. */
  public static final int ENCODED_BYTES =
      Ed25519VerifyingKey.ENCODED_BYTES + MlDsa44VerifyingKey.ENCODED_BYTES;

  private static final int ID_BYTES = 8;

  /** Reads a pair from outside; empty unless it is 1344 bytes long and both keys are valid. */
  public static Optional<VerifyingPair> parse(byte[] encoded) {
    if (encoded.length != ENCODED_BYTES) {
      return Optional.empty();
    }
    byte[] first = Arrays.copyOf(encoded, Ed25519VerifyingKey.ENCODED_BYTES);
    byte[] second = Arrays.copyOfRange(encoded, Ed25519VerifyingKey.ENCODED_BYTES, ENCODED_BYTES);
    return Ed25519VerifyingKey.parse(first)
        .flatMap(
            classical ->
                MlDsa44VerifyingKey.parse(second)
                    .map(quantum -> new VerifyingPair(classical, quantum)));
  }

  /** Whether both halves of {@code signature} are this pair's over {@code message}. */
  public boolean verify(byte[] message, PairSignature signature) {
    return ed25519.verify(message, signature.ed25519())
        && mlDsa44.verify(message, signature.mlDsa44());
  }

  /** Whether {@code encodedSignature} parses and {@link #verify(byte[], PairSignature)} holds. */
  public boolean verify(byte[] message, byte[] encodedSignature) {
    return PairSignature.parse(encodedSignature)
        .map(signature -> verify(message, signature))
        .orElse(false);
  }

  /** The 1344-byte encoding. */
  public byte[] encoded() {
    return Bytes.concat(ed25519.encoded(), mlDsa44.encoded());
  }

  /**
   * A short name for the pair: the first 8 bytes of SHA-256 over the encoding, as 16 hex digits.
   *
   * <p>For people and look-ups. 64 bits are not collision-resistant: compare {@link #encoded} where
   * it matters.
   */
  public String id() {
    return HexFormat.of().formatHex(Sha256.hash(encoded()), 0, ID_BYTES);
  }

  @Override
  public String toString() {
    return "pair:" + id();
  }
}
