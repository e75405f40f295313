package org.entente.gateway.note;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A SHA-256 hash of a node or of the root of a Merkle tree (RFC 6962 section 2.1): always 32 bytes.
 *
 * <p>Public data, compared by value. Immutable.
 */
public final class TreeHash {

  /** Size of a hash in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  private TreeHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies 32 bytes.
   *
   * @throws IllegalArgumentException for any other length
   */
  public static TreeHash of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a tree hash has 32 bytes, not " + bytes.length);
    }
    return new TreeHash(bytes.clone());
  }

  /** Reads the Base 64 form that checkpoints and proofs use; empty when it is not 32 bytes. */
  public static Optional<TreeHash> parseBase64(String text) {
    return StrictBase64.decode(text).filter(b -> b.length == BYTES).map(TreeHash::new);
  }

  /** The 32 bytes, a new array. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The Base 64 form, 44 characters. */
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreeHash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
