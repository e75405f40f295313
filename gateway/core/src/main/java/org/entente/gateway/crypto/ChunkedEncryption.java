package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * C2SP chunked encryption, instantiation Cobblestone-256: SHA-512 and AES-256-GCM, committing to
 * key and context.
 *
 * <pre>
 *   offset  0: salt          24 bytes, random
 *          24: commitment    32 bytes
 *          56: chunks        each 16384 bytes + 16 of tag, the last one shorter, perhaps empty
 * </pre>
 *
 * <p>Key, base nonce and commitment of a message are HKDF-Expand(SHA-512) of the input key over
 * name, salt and context; chunk n is sealed under base nonce XOR n. The commitment is compared
 * before any chunk is opened, so a ciphertext opens under one key and context only. A missing short
 * chunk reveals truncation.
 *
 * <p>Opening returns a message only once all of it is authentic. Stateless and safe for use by many
 * threads. Messages are arrays, hence below 2 GiB.
 *
 * @see <a href="https://c2sp.org/chunked-encryption">c2sp.org/chunked-encryption</a>
 */
public final class ChunkedEncryption {
  /** Length of an input key in bytes. */
  public static final int KEY_BYTES = 32;

  /** Length of a full chunk in bytes, before sealing. */
  public static final int CHUNK_BYTES = 16 * 1024;

  static final int SALT_BYTES = 24;
  static final int COMMITMENT_BYTES = 32;
  static final int HEADER_BYTES = SALT_BYTES + COMMITMENT_BYTES;

  private static final int SEALED_CHUNK_BYTES = CHUNK_BYTES + Aes256Gcm.TAG_BYTES;
  private static final byte[] NAME =
      "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(US_ASCII);
  private static final byte[] NO_AAD = {};

  private ChunkedEncryption() {}

  /**
   * Encrypts {@code plaintext} under a salt of 24 bytes drawn from {@code random}.
   *
   * @param key 32 uniformly random bytes
   * @param context what the ciphertext is bound to besides the key, of any length
   * @throws IllegalArgumentException if the key has the wrong length
   */
  public static byte[] seal(byte[] key, byte[] context, byte[] plaintext, SecureRandom random) {
    return seal(key, context, plaintext, Bytes.random(random, SALT_BYTES));
  }

  static byte[] seal(byte[] key, byte[] context, byte[] plaintext, byte[] salt) {
    byte[] output = new byte[sealedLength(plaintext.length)];
    try (DerivedSecrets derived = DerivedSecrets.of(key, salt, context)) {
      System.arraycopy(salt, 0, output, 0, SALT_BYTES);
      System.arraycopy(derived.commitment, 0, output, SALT_BYTES, COMMITMENT_BYTES);
      int at = HEADER_BYTES;
      for (int chunk = 0; chunk <= plaintext.length / CHUNK_BYTES; chunk++) {
        int from = chunk * CHUNK_BYTES;
        int length = Math.min(CHUNK_BYTES, plaintext.length - from);
        Aes256Gcm.Slice slice = new Aes256Gcm.Slice(plaintext, from, length);
        Aes256Gcm.seal(derived.key, derived.nonce(chunk), NO_AAD, slice, output, at);
        at += length + Aes256Gcm.TAG_BYTES;
      }
    }
    return output;
  }

  /**
   * Decrypts what {@link #seal} made with the same key and context.
   *
   * @return the plaintext, or empty for any failure
   * @throws IllegalArgumentException if the key has the wrong length
   */
  public static Optional<byte[]> open(byte[] key, byte[] context, byte[] ciphertext) {
    Bytes.requireLength(key, KEY_BYTES, "chunked-encryption key");
    int plaintextLength = openedLength(ciphertext.length);
    if (plaintextLength < 0) {
      return Optional.empty();
    }
    byte[] salt = Arrays.copyOf(ciphertext, SALT_BYTES);
    byte[] commitment = Arrays.copyOfRange(ciphertext, SALT_BYTES, HEADER_BYTES);
    try (DerivedSecrets derived = DerivedSecrets.of(key, salt, context)) {
      if (!ConstantTime.equal(commitment, derived.commitment)) {
        return Optional.empty();
      }
      return openChunks(derived, ciphertext, new byte[plaintextLength]);
    }
  }

  private static Optional<byte[]> openChunks(
      DerivedSecrets derived, byte[] ciphertext, byte[] plaintext) {
    int at = HEADER_BYTES;
    for (int chunk = 0; chunk <= plaintext.length / CHUNK_BYTES; chunk++) {
      int length = Math.min(SEALED_CHUNK_BYTES, ciphertext.length - at);
      Aes256Gcm.Slice slice = new Aes256Gcm.Slice(ciphertext, at, length);
      if (!Aes256Gcm.open(
          derived.key, derived.nonce(chunk), NO_AAD, slice, plaintext, chunk * CHUNK_BYTES)) {
        Arrays.fill(plaintext, (byte) 0);
        return Optional.empty();
      }
      at += length;
    }
    return Optional.of(plaintext);
  }

  /**
   * Length in bytes of the ciphertext of a plaintext of {@code plaintextLength} bytes.
   *
   * @throws ArithmeticException if it would not fit an array
   */
  public static int sealedLength(int plaintextLength) {
    int chunks = plaintextLength / CHUNK_BYTES + 1;
    return Math.addExact(plaintextLength, HEADER_BYTES + chunks * Aes256Gcm.TAG_BYTES);
  }

  /** Length of the plaintext, or -1 if no plaintext has a ciphertext of that length. */
  private static int openedLength(int ciphertextLength) {
    int chunks = ciphertextLength - HEADER_BYTES;
    if (chunks < Aes256Gcm.TAG_BYTES || chunks % SEALED_CHUNK_BYTES < Aes256Gcm.TAG_BYTES) {
      return -1;
    }
    return chunks - (chunks / SEALED_CHUNK_BYTES + 1) * Aes256Gcm.TAG_BYTES;
  }

  /** The single-use secrets of one message, wiped on closing. */
  private static final class DerivedSecrets implements AutoCloseable {
    private final byte[] key;
    private final byte[] baseNonce;
    private final byte[] commitment;

    private DerivedSecrets(byte[] key, byte[] baseNonce, byte[] commitment) {
      this.key = key;
      this.baseNonce = baseNonce;
      this.commitment = commitment;
    }

    static DerivedSecrets of(byte[] inputKey, byte[] salt, byte[] context) {
      Bytes.requireLength(inputKey, KEY_BYTES, "chunked-encryption key");
      Bytes.requireLength(salt, SALT_BYTES, "chunked-encryption salt");
      int nonceEnd = Aes256Gcm.KEY_BYTES + Aes256Gcm.NONCE_BYTES;
      int end = nonceEnd + COMMITMENT_BYTES;
      byte[] all = Hkdf.expandSha512(inputKey, Bytes.concat(NAME, salt, context), end);
      DerivedSecrets derived =
          new DerivedSecrets(
              Arrays.copyOf(all, Aes256Gcm.KEY_BYTES),
              Arrays.copyOfRange(all, Aes256Gcm.KEY_BYTES, nonceEnd),
              Arrays.copyOfRange(all, nonceEnd, end));
      Arrays.fill(all, (byte) 0);
      return derived;
    }

    byte[] nonce(int chunk) {
      byte[] nonce = baseNonce.clone();
      for (int i = 0; i < Integer.BYTES; i++) {
        nonce[nonce.length - 1 - i] ^= (byte) (chunk >>> (8 * i));
      }
      return nonce;
    }

    @Override
    public void close() {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(baseNonce, (byte) 0);
    }
  }
}
