package org.entente.gateway.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with 12-byte nonces and 16-byte tags. Safe for use by many threads.
 *
 * <p>The caller must never use a key with the same nonce for two plaintexts; sealing the same input
 * again gives the same bytes. GCM does not commit to its key: where several keys may open a
 * ciphertext, use {@link ChunkedEncryption}.
 *
 * <p>Each thread keeps one JDK cipher: 0.3 µs per kilobyte, where a new cipher costs several. That
 * cipher remembers its last key until the thread's next use.
 */
public final class Aes256Gcm {
  /** Length of a key in bytes. */
  public static final int KEY_BYTES = 32;

  /** Length of a nonce in bytes. */
  public static final int NONCE_BYTES = 12;

  /** Length in bytes by which a ciphertext exceeds its plaintext. */
  public static final int TAG_BYTES = 16;

  private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(Aes256Gcm::newCipher);

  private Aes256Gcm() {}

  /**
   * Encrypts {@code plaintext} and authenticates it with {@code aad}; the tag comes last.
   *
   * @throws IllegalArgumentException if the key or the nonce has the wrong length
   */
  public static byte[] seal(byte[] key, byte[] nonce, byte[] aad, byte[] plaintext) {
    byte[] ciphertext = new byte[Math.addExact(plaintext.length, TAG_BYTES)];
    seal(key, nonce, aad, new Slice(plaintext, 0, plaintext.length), ciphertext, 0);
    return ciphertext;
  }

  /**
   * Decrypts what {@link #seal} made under the same key, nonce and aad; otherwise empty.
   *
   * @throws IllegalArgumentException if the key or the nonce has the wrong length
   */
  public static Optional<byte[]> open(byte[] key, byte[] nonce, byte[] aad, byte[] ciphertext) {
    byte[] plaintext = new byte[Math.max(0, ciphertext.length - TAG_BYTES)];
    Slice whole = new Slice(ciphertext, 0, ciphertext.length);
    return open(key, nonce, aad, whole, plaintext, 0) ? Optional.of(plaintext) : Optional.empty();
  }

  /**
   * The same for a part of an array.
   *
   * @throws IndexOutOfBoundsException if the array ends before the part does
   */
  public static Optional<byte[]> open(
      byte[] key, byte[] nonce, byte[] aad, byte[] ciphertext, int from, int length) {
    Objects.checkFromIndexSize(from, length, ciphertext.length);
    byte[] plaintext = new byte[Math.max(0, length - TAG_BYTES)];
    Slice part = new Slice(ciphertext, from, length);
    return open(key, nonce, aad, part, plaintext, 0) ? Optional.of(plaintext) : Optional.empty();
  }

  /**
   * As {@link #seal(byte[], byte[], byte[], byte[])}, into {@code output} at {@code at}; needs 16
   * bytes more than the plaintext.
   *
   * @throws IndexOutOfBoundsException if {@code output} is too short
   */
  public static void seal(
      byte[] key, byte[] nonce, byte[] aad, byte[] plaintext, byte[] output, int at) {
    Objects.checkFromIndexSize(at, Math.addExact(plaintext.length, TAG_BYTES), output.length);
    seal(key, nonce, aad, new Slice(plaintext, 0, plaintext.length), output, at);
  }

  /** Seals a slice into {@code output} at {@code at}; needs 16 bytes more than the slice. */
  static void seal(byte[] key, byte[] nonce, byte[] aad, Slice plaintext, byte[] output, int at) {
    seal(ready(Cipher.ENCRYPT_MODE, key, nonce), aad, plaintext, output, at);
  }

  private static void seal(Cipher cipher, byte[] aad, Slice plaintext, byte[] output, int at) {
    try {
      cipher.updateAAD(aad);
      cipher.doFinal(plaintext.bytes, plaintext.offset, plaintext.length, output, at);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM could not seal", e);
    }
  }

  /** Opens a slice into {@code output} at {@code at}; false, leaving nothing there, if forged. */
  static boolean open(
      byte[] key, byte[] nonce, byte[] aad, Slice ciphertext, byte[] output, int at) {
    return ciphertext.length >= TAG_BYTES
        && open(ready(Cipher.DECRYPT_MODE, key, nonce), aad, ciphertext, output, at);
  }

  private static boolean open(Cipher cipher, byte[] aad, Slice ciphertext, byte[] output, int at) {
    try {
      cipher.updateAAD(aad);
      cipher.doFinal(ciphertext.bytes, ciphertext.offset, ciphertext.length, output, at);
      return true;
    } catch (AEADBadTagException e) {
      Arrays.fill(output, at, at + ciphertext.length - TAG_BYTES, (byte) 0);
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM could not open", e);
    }
  }

  private static Cipher ready(int mode, byte[] key, byte[] nonce) {
    Cipher cipher = ready(CIPHERS.get(), mode, key, nonce);
    CIPHERS.set(cipher);
    return cipher;
  }

  private static Cipher ready(Cipher cipher, int mode, byte[] key, byte[] nonce) {
    Bytes.requireLength(key, KEY_BYTES, "AES-256 key");
    Bytes.requireLength(nonce, NONCE_BYTES, "GCM nonce");
    SecretKeySpec secret = new SecretKeySpec(key, "AES");
    GCMParameterSpec parameters = new GCMParameterSpec(8 * TAG_BYTES, nonce);
    try {
      cipher.init(mode, secret, parameters);
      return cipher;
    } catch (InvalidAlgorithmParameterException e) {
      // A JDK cipher refuses the key and nonce it sealed with last. Sealing the same input again is
      // legitimate here (a stanza sent twice), so drop the cipher and with it that memory.
      return ready(newCipher(), mode, key, nonce);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM takes every key", e);
    }
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  /**
   * Repeated sealing and opening under one key. A JDK cipher does not expand the same key again;
   * for a small record, expansion costs more than the record. Safe for many threads, which take
   * turns.
   */
  public static final class OneKey {
    private static final byte[] NO_KEY = new byte[KEY_BYTES];
    private static final byte[] NO_NONCE = new byte[NONCE_BYTES];

    private Cipher cipher = newCipher();

    /** The caller passes the same key with each call. */
    public OneKey() {}

    /** As {@link Aes256Gcm#seal(byte[], byte[], byte[], byte[], byte[], int)}. */
    public synchronized void seal(
        byte[] key, byte[] nonce, byte[] aad, byte[] plaintext, byte[] output, int at) {
      Objects.checkFromIndexSize(at, Math.addExact(plaintext.length, TAG_BYTES), output.length);
      cipher = ready(cipher, Cipher.ENCRYPT_MODE, key, nonce);
      Slice whole = new Slice(plaintext, 0, plaintext.length);
      Aes256Gcm.seal(cipher, aad, whole, output, at);
    }

    /** As {@link Aes256Gcm#open(byte[], byte[], byte[], byte[])}. */
    public synchronized Optional<byte[]> open(
        byte[] key, byte[] nonce, byte[] aad, byte[] ciphertext) {
      if (ciphertext.length < TAG_BYTES) {
        return Optional.empty();
      }
      byte[] plaintext = new byte[ciphertext.length - TAG_BYTES];
      cipher = ready(cipher, Cipher.DECRYPT_MODE, key, nonce);
      Slice whole = new Slice(ciphertext, 0, ciphertext.length);
      return Aes256Gcm.open(cipher, aad, whole, plaintext, 0)
          ? Optional.of(plaintext)
          : Optional.empty();
    }

    /** Makes the cipher forget the key. */
    public synchronized void forget() {
      cipher = ready(cipher, Cipher.DECRYPT_MODE, NO_KEY, NO_NONCE);
    }
  }

  /** Some bytes of an array, not copied. */
  static final class Slice {
    private final byte[] bytes;
    private final int offset;
    private final int length;

    Slice(byte[] bytes, int offset, int length) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
    }
  }
}
