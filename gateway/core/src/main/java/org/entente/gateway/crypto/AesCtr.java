package org.entente.gateway.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The bare AES-256 counter-mode keystream (NIST SP 800-38A, section 6.5), for padding that looks
 * like ciphertext.
 *
 * <p>It encrypts and authenticates nothing. Stateless and safe for use by many threads.
 */
public final class AesCtr {
  /** Length of the first counter block in bytes. */
  public static final int COUNTER_BYTES = 16;

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
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
      return cipher.doFinal(new byte[length]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES counter mode failed", e);
    }
  }
}
