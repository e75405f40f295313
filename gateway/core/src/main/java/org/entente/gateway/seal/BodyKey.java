package org.entente.gateway.seal;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Suite;

/**
 * Key of one message's body. Erasing it erases the message. Prints as {@code [hidden]}; closing
 * wipes it. Safe for use by many threads.
 *
 * <p>It seals one body at one address once, so AES-256-GCM uses the zero nonce.
 */
public final class BodyKey implements AutoCloseable {
  private static final byte[] ZERO_NONCE = new byte[Aes256Gcm.NONCE_BYTES];

  private final SecretBytes secret;

  private BodyKey(SecretBytes secret) {
    this.secret = secret;
  }

  /** Takes ownership of 32 bytes. */
  static BodyKey takeOver(byte[] bytes) {
    return new BodyKey(SecretBytes.takeOver(bytes));
  }

  byte[] reveal() {
    return secret.reveal();
  }

  /** Seals a body into {@code bodies} at {@code at}; needs 16 bytes more than the body. */
  public void seal(BodyAddress address, byte[] body, byte[] bodies, int at) {
    byte[] key = secret.reveal();
    try {
      Aes256Gcm.seal(key, ZERO_NONCE, address.encoded(Suite.BODY), body, bodies, at);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Opens a sealed body: the bytes as published, or empty for any failure.
   *
   * @param address of the message
   * @param sealed the body's part of the sealed bodies
   */
  public Optional<byte[]> open(BodyAddress address, byte[] sealed) {
    return open(address, sealed, 0, sealed.length);
  }

  /** The same in place within the sealed bodies. */
  Optional<byte[]> open(BodyAddress address, byte[] bodies, int from, int length) {
    byte[] key = secret.reveal();
    try {
      return Aes256Gcm.open(key, ZERO_NONCE, address.encoded(Suite.BODY), bodies, from, length);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** This key and what follows it; the caller wipes it. */
  byte[] before(ByteString text) {
    byte[] key = secret.reveal();
    try {
      byte[] both = Arrays.copyOf(key, key.length + text.size());
      text.copyTo(both, key.length);
      return both;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * The key of the notes about the message at rest; the caller closes it. Without this body key
   * none of them opens.
   */
  public AnnotationKey annotationKey() {
    byte[] key = secret.reveal();
    try {
      return AnnotationKey.takeOver(
          Hkdf.expandSha256(key, Suite.LOCAL_ANNOTATION, Aes256Gcm.KEY_BYTES));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
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
