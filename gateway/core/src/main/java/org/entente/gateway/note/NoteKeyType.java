package org.entente.gateway.note;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.MlDsa44VerifyingKey;

/**
 * The kinds of note signature that Entente makes and checks, each with what it signs.
 *
 * <p>Two are timestamped cosignatures of checkpoints (C2SP tlog-cosignature) and sign only a {@link
 * Checkpoint}. Their signature bytes are a big-endian uint64 of POSIX seconds, at most 2^63-1,
 * followed by the signature itself.
 */
public enum NoteKeyType {
  /** Type 0x01: Ed25519 over the note's text (C2SP signed-note). */
  ED25519("\u0001", Ed25519VerifyingKey.ENCODED_BYTES, false),

  /** Type 0x04: timestamped Ed25519 cosignature of a checkpoint (C2SP tlog-cosignature). */
  ED25519_COSIGNATURE("\u0004", Ed25519VerifyingKey.ENCODED_BYTES, true),

  /** Type 0x06: timestamped ML-DSA-44 cosignature of a checkpoint (C2SP tlog-cosignature). */
  ML_DSA_44_COSIGNATURE("\u0006", MlDsa44VerifyingKey.ENCODED_BYTES, true),

  /**
   * Entente's own type under 0xff: ML-DSA-44 (FIPS 204) with the context {@code entente/v1 note}
   * over {@code <key name> 0x0A <text>}.
   *
   * <p>No type for ML-DSA over a whole note is assigned; its identifier is 0xff and the ASCII bytes
   * of {@code entente/v1 ml-dsa-44 note}. The context separates these signatures from a key's
   * others. The name in the message, as in type 0x06, separates two names with one key.
   */
  ML_DSA_44_NOTE("\u00ffentente/v1 ml-dsa-44 note", MlDsa44VerifyingKey.ENCODED_BYTES, false);

  private static final String NOTE_CONTEXT = "entente/v1 note";
  private static final String SUBTREE_LABEL = "subtree/v1\n\0";
  private static final int MAX_OPAQUE = 255;

  /** One character per byte. */
  private final String identifier;

  private final int keyBytes;
  private final boolean timestamped;

  NoteKeyType(String identifier, int keyBytes, boolean timestamped) {
    this.identifier = identifier;
    this.keyBytes = keyBytes;
    this.timestamped = timestamped;
  }

  /** Whether signatures carry the time at which they were made. */
  public boolean timestamped() {
    return timestamped;
  }

  /** The identifier followed by the key: content of a vkey and input of the key id's hash. */
  byte[] material(byte[] publicKey) {
    byte[] type = latin1(identifier);
    byte[] material = Arrays.copyOf(type, type.length + publicKey.length);
    System.arraycopy(publicKey, 0, material, type.length, publicKey.length);
    return material;
  }

  /** The public key in a vkey's material, when the material is of this type. */
  Optional<byte[]> publicKey(byte[] material) {
    byte[] type = latin1(identifier);
    boolean mine =
        material.length == type.length + keyBytes
            && Arrays.equals(type, Arrays.copyOf(material, type.length));
    return mine
        ? Optional.of(Arrays.copyOfRange(material, type.length, material.length))
        : Optional.empty();
  }

  /**
   * The bytes that a key of this type signs; empty when it cannot sign this text.
   *
   * @param seconds the signed POSIX time; used by timestamped types only
   */
  Optional<byte[]> message(NoteKeyName name, String text, long seconds) {
    return switch (this) {
      case ED25519 -> Optional.of(utf8(text));
      case ML_DSA_44_NOTE -> Optional.of(utf8(name.value() + '\n' + text));
      case ED25519_COSIGNATURE ->
          Checkpoint.parse(text).map(c -> utf8("cosignature/v1\ntime " + seconds + '\n' + text));
      case ML_DSA_44_COSIGNATURE ->
          Checkpoint.parse(text).flatMap(checkpoint -> cosigned(name, checkpoint, seconds));
    };
  }

  /**
   * The {@code cosigned_message} of tlog-cosignature for a whole tree:
   *
   * <pre>
   *   "subtree/v1\n\0"                       12 bytes
   *   length (1) ‖ cosigner name             2 to 256
   *   timestamp, POSIX seconds               8
   *   length (1) ‖ log origin                2 to 256
   *   start, always 0                        8
   *   end, the tree size                     8
   *   root hash                              32
   * </pre>
   */
  private static Optional<byte[]> cosigned(NoteKeyName name, Checkpoint checkpoint, long seconds) {
    byte[] cosigner = utf8(name.value());
    byte[] origin = utf8(checkpoint.origin());
    if (cosigner.length > MAX_OPAQUE || origin.length > MAX_OPAQUE) {
      return Optional.empty();
    }
    int fixed = SUBTREE_LABEL.length() + 2 + 3 * Long.BYTES + TreeHash.BYTES;
    ByteBuffer message = ByteBuffer.allocate(fixed + cosigner.length + origin.length);
    message.put(latin1(SUBTREE_LABEL));
    message.put((byte) cosigner.length).put(cosigner).putLong(seconds);
    message.put((byte) origin.length).put(origin).putLong(0).putLong(checkpoint.size());
    message.put(checkpoint.root().bytes());
    return Optional.of(message.array());
  }

  /** The FIPS 204 context of {@link #ML_DSA_44_NOTE}, a new array. */
  static byte[] noteContext() {
    return latin1(NOTE_CONTEXT);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
