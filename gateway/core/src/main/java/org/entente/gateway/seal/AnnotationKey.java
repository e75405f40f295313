package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.Suite;

/**
 * Key for an agency's own notes about one received message. It is derived from the message's body
 * key, so erasing the message erases its notes, also in old copies of the ledger. A legal hold
 * keeps both. AES-256-GCM (NIST SP 800-38D) with a random nonce, for fewer than 2^32 notes on a
 * message. Prints as {@code [hidden]}; closing wipes it. Safe for many threads.
 *
 * <pre>
 * u8 version = 1 · 12-byte nonce · ciphertext · 16-byte tag
 * </pre>
 */
public final class AnnotationKey implements AutoCloseable {
  private static final int VERSION = 1;
  private static final int PREFIX = 1 + Aes256Gcm.NONCE_BYTES;
  private static final int TAG_BYTES = 16;

  private final SecretBytes secret;

  private AnnotationKey(SecretBytes secret) {
    this.secret = secret;
  }

  static AnnotationKey takeOver(byte[] bytes) {
    return new AnnotationKey(SecretBytes.takeOver(bytes));
  }

  /**
   * Seals a note.
   *
   * @param place kind and location of the note, which bind it
   */
  public byte[] seal(SecureRandom random, byte[] place, byte[] plaintext) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = secret.use(key -> Aes256Gcm.seal(key, nonce, place, plaintext));
    byte[] out = new byte[PREFIX + sealed.length];
    out[0] = VERSION;
    System.arraycopy(nonce, 0, out, 1, nonce.length);
    System.arraycopy(sealed, 0, out, PREFIX, sealed.length);
    return out;
  }

  /** Opens a note; empty if {@link #seal} did not make it for this place. */
  public Optional<byte[]> open(byte[] place, byte[] sealed) {
    if (sealed.length < PREFIX || sealed[0] != VERSION) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(sealed, 1, PREFIX);
    byte[] ciphertext = Arrays.copyOfRange(sealed, PREFIX, sealed.length);
    return secret.use(key -> Aes256Gcm.open(key, nonce, place, ciphertext));
  }

  /** 16 bytes for finding a name again at this message; they reveal nothing elsewhere. */
  public byte[] tag(byte[] name) {
    byte[] mac =
        secret.use(
            key ->
                HmacSha256.mac(
                    Hkdf.expandSha256(key, Suite.LOCAL_ANNOTATION_TAG, HmacSha256.MAC_BYTES),
                    name));
    return Arrays.copyOf(mac, TAG_BYTES);
  }

  @Override
  public void close() {
    secret.close();
  }

  @Override
  public String toString() {
    return secret.toString();
  }
}
