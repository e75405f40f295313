package org.entente.gateway.note;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.MlDsa44SigningKey;

/**
 * A private key that signs notes under a name: the counterpart of a {@link NoteVerifier}.
 *
 * <p>Deterministic: the same text and second give the same signature. Immutable, safe for use by
 * many threads; prints no key.
 */
public final class NoteSigner {

  private final NoteVerifier verifier;
  private final UnaryOperator<byte[]> signing;

  private NoteSigner(NoteVerifier verifier, UnaryOperator<byte[]> signing) {
    this.verifier = verifier;
    this.signing = signing;
  }

  /** Signs a note's text with Ed25519 (type 0x01). */
  public static NoteSigner ed25519(NoteKeyName name, Ed25519SigningKey key) {
    return new NoteSigner(NoteVerifier.ed25519(name, key.verifyingKey()), key::sign);
  }

  /** Cosigns checkpoints with Ed25519 (type 0x04); one key must serve one name only. */
  public static NoteSigner ed25519Cosignature(NoteKeyName name, Ed25519SigningKey key) {
    return new NoteSigner(NoteVerifier.ed25519Cosignature(name, key.verifyingKey()), key::sign);
  }

  /** Cosigns checkpoints with ML-DSA-44 (type 0x06); the name has at most 255 bytes. */
  public static NoteSigner mlDsa44Cosignature(NoteKeyName name, MlDsa44SigningKey key) {
    return new NoteSigner(NoteVerifier.mlDsa44Cosignature(name, key.verifyingKey()), key::sign);
  }

  /** Signs whole notes with ML-DSA-44 (Entente's own type). */
  public static NoteSigner mlDsa44Note(NoteKeyName name, MlDsa44SigningKey key) {
    return new NoteSigner(
        NoteVerifier.mlDsa44Note(name, key.verifyingKey()),
        message -> key.sign(message, NoteKeyType.noteContext()));
  }

  /**
   * Signs a note text.
   *
   * @param text the text with its final newline
   * @param now the time that a cosignature states, in whole seconds; other types ignore it
   * @throws IllegalArgumentException when a cosignature's text is not a checkpoint, or its time is
   *     before 1970
   */
  public NoteSignature sign(String text, Instant now) {
    NoteKeyType type = verifier.type();
    long seconds = type.timestamped() ? now.getEpochSecond() : 0;
    if (seconds < 0) {
      throw new IllegalArgumentException("a cosignature's time is 1970 or later");
    }
    byte[] message =
        type.message(verifier.name(), text, seconds)
            .orElseThrow(() -> new IllegalArgumentException("a cosignature needs a checkpoint"));
    byte[] signature = signing.apply(message);
    byte[] line = type.timestamped() ? stamped(seconds, signature) : signature;
    return new NoteSignature(verifier.name(), verifier.keyId(), line);
  }

  private static byte[] stamped(long seconds, byte[] signature) {
    return ByteBuffer.allocate(Long.BYTES + signature.length)
        .putLong(seconds)
        .put(signature)
        .array();
  }

  /** The public half. */
  public NoteVerifier verifier() {
    return verifier;
  }

  @Override
  public String toString() {
    return "NoteSigner[" + verifier + "]";
  }
}
