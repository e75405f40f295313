package org.entente.gateway.note;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.MlDsa44VerifyingKey;

/**
 * A public key known to a reader of notes: a name, a type and the key.
 *
 * <p>Its key id is the first four bytes of SHA-256(name ‖ 0x0A ‖ type identifier ‖ public key), as
 * C2SP signed-note recommends and tlog-cosignature requires. Immutable; equal when the vkeys are.
 */
public final class NoteVerifier {

  private final NoteKeyName name;
  private final NoteKeyType type;
  private final byte[] publicKey;
  private final int keyId;
  private final Check check;

  private NoteVerifier(NoteKeyName name, NoteKeyType type, byte[] publicKey, Check check) {
    this.name = name;
    this.type = type;
    this.publicKey = publicKey;
    this.keyId = keyId(name, type.material(publicKey));
    this.check = check;
  }

  /** A key that signs a note's text with Ed25519 (type 0x01). */
  public static NoteVerifier ed25519(NoteKeyName name, Ed25519VerifyingKey key) {
    return new NoteVerifier(name, NoteKeyType.ED25519, key.encoded(), key::verify);
  }

  /** A witness's or log's Ed25519 key for timestamped checkpoints (type 0x04). */
  public static NoteVerifier ed25519Cosignature(NoteKeyName name, Ed25519VerifyingKey key) {
    return new NoteVerifier(name, NoteKeyType.ED25519_COSIGNATURE, key.encoded(), key::verify);
  }

  /** A witness's or log's ML-DSA-44 key for timestamped checkpoints (type 0x06). */
  public static NoteVerifier mlDsa44Cosignature(NoteKeyName name, MlDsa44VerifyingKey key) {
    return new NoteVerifier(name, NoteKeyType.ML_DSA_44_COSIGNATURE, key.encoded(), key::verify);
  }

  /** A key that signs whole notes with ML-DSA-44 (Entente's own type). */
  public static NoteVerifier mlDsa44Note(NoteKeyName name, MlDsa44VerifyingKey key) {
    return new NoteVerifier(
        name,
        NoteKeyType.ML_DSA_44_NOTE,
        key.encoded(),
        (message, signature) -> key.verify(message, NoteKeyType.noteContext(), signature));
  }

  /**
   * Reads a vkey, {@code <name>+<key id in hex>+base64(type ‖ key)}.
   *
   * <p>Empty for other types, keys that are not valid points, an id other than the computed one,
   * and any form that {@link #vkey()} would not write.
   */
  public static Optional<NoteVerifier> parse(String vkey) {
    int first = vkey.indexOf('+');
    int second = vkey.indexOf('+', first + 1);
    if (first < 0 || second < 0) {
      return Optional.empty();
    }
    Optional<NoteKeyName> name = NoteKeyName.parse(vkey.substring(0, first));
    Optional<byte[]> material = StrictBase64.decode(vkey.substring(second + 1));
    if (name.isEmpty() || material.isEmpty()) {
      return Optional.empty();
    }
    return Arrays.stream(NoteKeyType.values())
        .flatMap(
            type ->
                type.publicKey(material.get()).flatMap(key -> of(name.get(), type, key)).stream())
        .filter(verifier -> verifier.vkey().equals(vkey))
        .findFirst();
  }

  private static Optional<NoteVerifier> of(NoteKeyName name, NoteKeyType type, byte[] key) {
    return switch (type) {
      case ED25519 -> Ed25519VerifyingKey.parse(key).map(k -> ed25519(name, k));
      case ED25519_COSIGNATURE ->
          Ed25519VerifyingKey.parse(key).map(k -> ed25519Cosignature(name, k));
      case ML_DSA_44_COSIGNATURE ->
          MlDsa44VerifyingKey.parse(key).map(k -> mlDsa44Cosignature(name, k));
      case ML_DSA_44_NOTE -> MlDsa44VerifyingKey.parse(key).map(k -> mlDsa44Note(name, k));
    };
  }

  /** The key's name, which its signatures must carry. */
  public NoteKeyName name() {
    return name;
  }

  /** The 32-bit key id, which its signatures must carry. */
  public int keyId() {
    return keyId;
  }

  /** What the key signs and how. */
  public NoteKeyType type() {
    return type;
  }

  /** The encoded public key, a new array: 32 bytes for Ed25519, 1312 for ML-DSA-44. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The text form for configuration files. */
  public String vkey() {
    String material = Base64.getEncoder().encodeToString(type.material(publicKey));
    return name.value() + '+' + HexFormat.of().toHexDigits(keyId) + '+' + material;
  }

  /** True when the line is this key's valid signature under the text; see {@link SignedNote}. */
  boolean verify(String text, NoteSignature line) {
    byte[] bytes = line.signature();
    boolean mine = line.name().equals(name) && line.keyId() == keyId;
    if (!mine || (type.timestamped() && (bytes.length < Long.BYTES || bytes[0] < 0))) {
      return false;
    }
    byte[] proper =
        type.timestamped() ? Arrays.copyOfRange(bytes, Long.BYTES, bytes.length) : bytes;
    return type.message(name, text, seconds(line))
        .filter(message -> check.verify(message, proper))
        .isPresent();
  }

  /** The time in a timestamped line of this key, zero for other types. */
  long seconds(NoteSignature line) {
    return type.timestamped() ? ByteBuffer.wrap(line.signature()).getLong() : 0;
  }

  private static int keyId(NoteKeyName name, byte[] material) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(name.bytes());
      hash.update((byte) '\n');
      return ByteBuffer.wrap(hash.digest(material)).getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteVerifier that
        && type == that.type
        && name.equals(that.name)
        && Arrays.equals(publicKey, that.publicKey);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + keyId;
  }

  /** Name and id, enough to find the key in a configuration. */
  @Override
  public String toString() {
    return name.value() + '+' + HexFormat.of().toHexDigits(keyId);
  }

  @FunctionalInterface
  private interface Check {
    boolean verify(byte[] message, byte[] signature);
  }
}
