package org.entente.gateway.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The bare AES-256 counter-mode keystream (NIST SP 800-38A, section 6.5), for padding that looks
 * like ciphertext.
 *
 * <p>It encrypts and authenticates nothing. Safe for use by many threads. Each thread keeps one JDK
 * cipher, which remembers its last key until the thread's next use.
 */
public final class AesCtr {
  /** Length of the first counter block in bytes. */
  public static final int COUNTER_BYTES = 16;

  private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(AesCtr::newCipher);

  private AesCtr() {}

  /**
   * The first {@code length} bytes of keystream under {@code key} from {@code counter} upward.
   *
   * @param key 32 bytes that serve no other purpose
   * @param counter the first counter block, 16 bytes, counted up big-endian
   * @throws IllegalArgumentException if a length is wrong
   */
  public static byte[] keystream(byte[] key, byte[] counter, int length) {
    Bytes.requireLength(key, Aes256Gcm.KEY_BYTES, "AES-256 key");
    Bytes.requireLength(counter, COUNTER_BYTES, "counter block");
    if (length < 0) {
      throw new IllegalArgumentException("keystream of " + length + " bytes");
    }
    try {
      Cipher cipher = CIPHERS.get();
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
      byte[] keystream = new byte[length];
      int unused = cipher.doFinal(keystream, 0, length, keystream);
      return keystream;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES counter mode failed", e);
    }
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES in counter mode", e);
    }
  }
}
