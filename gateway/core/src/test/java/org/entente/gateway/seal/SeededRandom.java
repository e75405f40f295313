package org.entente.gateway.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.BigEndian;

/**
 * Randomness that repeats: SHA-256 of the seed's text and a counter, block after block. As the
 * generator of a virtual machine that was resumed twice from one snapshot.
 */
public final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final String seed;
  private long counter;
  private byte[] block = {};
  private int at;

  /** Repeats for the same text. */
  public SeededRandom(String seed) {
    super(null, null);
    this.seed = seed;
  }

  @Override
  public synchronized void nextBytes(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (at == block.length) {
        byte[] number = new byte[8];
        BigEndian.putU64(number, 0, counter++);
        block = Sha256.hash(seed.getBytes(UTF_8), number);
        at = 0;
      }
      bytes[i] = block[at++];
    }
  }

  @Override
  public long nextLong() {
    byte[] bytes = new byte[8];
    nextBytes(bytes);
    return BigEndian.u64(bytes, 0);
  }

  @Override
  public int nextInt() {
    return (int) nextLong();
  }

  @Override
  public int nextInt(int bound) {
    return (int) Long.remainderUnsigned(nextLong(), bound);
  }
}
