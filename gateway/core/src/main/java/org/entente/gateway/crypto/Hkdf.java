package org.entente.gateway.crypto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import org.entente.gateway.model.BigEndian;

/**
 * HKDF (RFC 5869) with SHA-256, and its expansion with SHA-512. Stateless and safe for use by many
 * threads.
 *
 * <p>Expansion needs a key that is already uniformly random; extract from any other input first.
 * Only {@code info} separates uses, so each use starts it with its own fixed label.
 */
public final class Hkdf {
  private Hkdf() {}

  /** HKDF-Extract with SHA-256: a 32-byte key out of {@code inputKey}; the salt may be empty. */
  public static byte[] extractSha256(byte[] salt, byte[] inputKey) {
    return Hmac.SHA_256.mac(salt, inputKey);
  }

  /**
   * HKDF-Expand with SHA-256 to {@code length} bytes, at most 8160.
   *
   * @throws IllegalArgumentException if {@code length} is out of range
   */
  public static byte[] expandSha256(byte[] key, byte[] info, int length) {
    return expand(Hmac.SHA_256, key, info, length);
  }

  /**
   * HKDF-Expand with SHA-256 to 32 bytes for each number from 0 to {@code count} - 1: the number
   * follows {@code info} in four bytes, the first one the most significant. The key is set up once.
   */
  public static List<byte[]> expandEachSha256(byte[] key, byte[] info, int count) {
    Mac mac = Hmac.SHA_256.keyed(key);
    byte[] numbered = Arrays.copyOf(info, info.length + Integer.BYTES + 1);
    numbered[numbered.length - 1] = 1;
    List<byte[]> outputs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      BigEndian.putU32(numbered, info.length, i);
      outputs.add(mac.doFinal(numbered));
    }
    return outputs;
  }

  /**
   * HKDF-Expand with SHA-512 to {@code length} bytes, at most 16320.
   *
   * @throws IllegalArgumentException if {@code length} is out of range
   */
  public static byte[] expandSha512(byte[] key, byte[] info, int length) {
    return expand(Hmac.SHA_512, key, info, length);
  }

  private static byte[] expand(Hmac hmac, byte[] key, byte[] info, int length) {
    int blockBytes = hmac.macBytes();
    if (length < 0 || length > 255 * blockBytes) {
      throw new IllegalArgumentException("HKDF cannot give " + length + " bytes");
    }
    Mac mac = hmac.keyed(key);
    byte[] output = new byte[length];
    byte[] block = {};
    for (int at = 0, counter = 1; at < length; at += blockBytes, counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = mac.doFinal();
      System.arraycopy(block, 0, output, at, Math.min(blockBytes, length - at));
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }
}
