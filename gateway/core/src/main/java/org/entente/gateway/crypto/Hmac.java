package org.entente.gateway.crypto;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC with SHA-256 or SHA-512, with one JDK object per thread. */
enum Hmac {
  SHA_256("HmacSHA256", 32),
  SHA_512("HmacSHA512", 64);

  private final String algorithm;
  private final int macBytes;

  Hmac(String algorithm, int macBytes) {
    this.algorithm = algorithm;
    this.macBytes = macBytes;
  }

  int macBytes() {
    return macBytes;
  }

  byte[] mac(byte[] key, byte[]... parts) {
    Mac mac = keyed(key);
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  /** This thread's object, ready for a message; it keeps its key after {@code doFinal}. */
  Mac keyed(byte[] key) {
    Mac mac = (this == SHA_256 ? PerThread.SHA_256 : PerThread.SHA_512).get();
    try {
      mac.init(new SecretKeySpec(key.length == 0 ? PerThread.EMPTY_KEY : key, algorithm));
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(algorithm + " takes every key", e);
    }
    return mac;
  }

  private static final class PerThread {
    static final ThreadLocal<Mac> SHA_256 = ThreadLocal.withInitial(() -> newMac(Hmac.SHA_256));
    static final ThreadLocal<Mac> SHA_512 = ThreadLocal.withInitial(() -> newMac(Hmac.SHA_512));

    // The JDK refuses an empty key. HMAC pads keys with zeros, so one zero byte is the same key.
    static final byte[] EMPTY_KEY = {0};

    private static Mac newMac(Hmac hmac) {
      try {
        return Mac.getInstance(hmac.algorithm);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java platform lacks " + hmac.algorithm, e);
      }
    }
  }
}
