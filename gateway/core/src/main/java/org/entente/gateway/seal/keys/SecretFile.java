package org.entente.gateway.seal.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;

/**
 * A file that holds one long secret, sealed under a key that seals nothing else. Files are written
 * once, under a random name, and never changed: another secret makes another file.
 *
 * <pre>
 *  0       4         5
 *  +-------+---------+-- - - - --+
 *  | magic | version | sealed    |
 *  +-------+---------+-- - - - --+
 * </pre>
 *
 * Magic {@code ENKS}, version 1; sealed is AES-256-GCM with the zero nonce over the secret, with
 * the bytes before it as additional data.
 *
 * @param number 16 random bytes, which name the file
 * @param hash SHA-256 of the file
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SecretFile(byte[] number, byte[] hash) {
  static final int NUMBER_BYTES = 16;
  private static final String PREFIX = "secret-";
  private static final byte[] HEADER = "ENKS\u0001".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ZERO_NONCE = new byte[Aes256Gcm.NONCE_BYTES];

  /**
   * A file that is not written yet.
   *
   * @param file what names it
   * @param key opens it, and nothing else
   * @param content its bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Unwritten(SecretFile file, SecretBytes key, byte[] content) {}

  /** Seals a secret under a new key. */
  static Unwritten seal(SecretBytes secret, SecureRandom random) {
    byte[] number = new byte[NUMBER_BYTES];
    random.nextBytes(number);
    SecretBytes key = SecretBytes.random(random, Aes256Gcm.KEY_BYTES);
    byte[] sealed = secret.use(plain -> key.use(k -> Aes256Gcm.seal(k, ZERO_NONCE, HEADER, plain)));
    byte[] content =
        ByteBuffer.allocate(HEADER.length + sealed.length).put(HEADER).put(sealed).array();
    return new Unwritten(new SecretFile(number, Sha256.hash(content)), key, content);
  }

  /** The secret in a file; empty if its content is not what was written. */
  Optional<SecretBytes> open(SecretBytes key, byte[] content) {
    if (content.length < HEADER.length || !Arrays.equals(hash, Sha256.hash(content))) {
      return Optional.empty();
    }
    byte[] sealed = Arrays.copyOfRange(content, HEADER.length, content.length);
    return key.use(k -> Aes256Gcm.open(k, ZERO_NONCE, HEADER, sealed)).map(SecretBytes::takeOver);
  }

  String name() {
    return PREFIX + HexFormat.of().formatHex(number);
  }

  /** Whether a file of the folder holds a secret. */
  static boolean isName(String name) {
    return name.startsWith(PREFIX);
  }
}
