package org.entente.gateway.seal.keys;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What an entry seals: its secret, or the key and the name of the {@link SecretFile} that holds it.
 * So the file of all entries stays small, however long secrets become.
 *
 * <pre>
 * u8 0 · secret
 * u8 1 · 16-byte number of the file · 32-byte SHA-256 of the file · 32-byte key of the file
 * </pre>
 */
final class EntryContent implements AutoCloseable {
  /** Longest secret of a kind that grows that an entry holds itself. */
  static final int MOST_INLINE_BYTES = 1_024;

  private static final int INLINE = 0;
  private static final int IN_FILE = 1;
  private static final int FILE_BYTES =
      1 + SecretFile.NUMBER_BYTES + Sha256.HASH_BYTES + Aes256Gcm.KEY_BYTES;

  private final SecretBytes secret;
  private final @Nullable SecretFile file;

  private EntryContent(SecretBytes secret, @Nullable SecretFile file) {
    this.secret = secret;
    this.file = file;
  }

  /** Whether the secret of an entry lies in a file of its own. */
  static boolean isForFile(KeyEntry entry) {
    return entry.kind().grows() && entry.secret().length() > MOST_INLINE_BYTES;
  }

  /** A secret, which is copied. */
  static EntryContent of(SecretBytes secret) {
    return new EntryContent(SecretBytes.takeOver(secret.reveal()), null);
  }

  /** A file, of whose key this takes ownership. */
  static EntryContent of(SecretFile.Unwritten file) {
    return new EntryContent(file.key(), file.file());
  }

  /** The file that holds the secret, or null if this does. */
  @Nullable SecretFile file() {
    return file;
  }

  /** The secret, or the key of its file; not to be closed. */
  SecretBytes secret() {
    return secret;
  }

  /** The bytes to seal, which the caller wipes. */
  byte[] encode() {
    byte[] bytes = secret.reveal();
    try {
      return file == null
          ? ByteBuffer.allocate(1 + bytes.length).put((byte) INLINE).put(bytes).array()
          : ByteBuffer.allocate(FILE_BYTES)
              .put((byte) IN_FILE)
              .put(file.number())
              .put(file.hash())
              .put(bytes)
              .array();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * Reads what an entry sealed.
   *
   * @throws IllegalArgumentException if it has neither form
   */
  static EntryContent parse(byte[] plain) {
    try {
      ByteBuffer in = ByteBuffer.wrap(plain);
      int form = in.get();
      if (form != INLINE && (form != IN_FILE || plain.length != FILE_BYTES)) {
        throw new IllegalArgumentException("not the content of an entry");
      }
      SecretFile file = form == INLINE ? null : file(in);
      byte[] secret = new byte[in.remaining()];
      in.get(secret);
      return new EntryContent(SecretBytes.takeOver(secret), file);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("not the content of an entry", e);
    }
  }

  private static SecretFile file(ByteBuffer in) {
    byte[] number = new byte[SecretFile.NUMBER_BYTES];
    byte[] hash = new byte[Sha256.HASH_BYTES];
    in.get(number).get(hash);
    return new SecretFile(number, hash);
  }

  @Override
  public void close() {
    secret.close();
  }
}
