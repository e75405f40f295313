package org.entente.gateway.seal;

import java.util.Arrays;
import java.util.Random;

/** Seeded damage to bytes: a bit, a byte, a run, a cut, an extension, a repeat, a swap. */
final class ByteMutation {
  private final Random random;

  ByteMutation(long seed) {
    this.random = new Random(seed);
  }

  /** Bytes that differ from {@code original}. */
  byte[] of(byte[] original) {
    byte[] mutated = original;
    while (Arrays.equals(mutated, original)) {
      mutated = once(original);
    }
    return mutated;
  }

  private byte[] once(byte[] original) {
    byte[] bytes = original.clone();
    int at = random.nextInt(bytes.length);
    int other = random.nextInt(bytes.length);
    switch (random.nextInt(8)) {
      case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[at] = (byte) random.nextInt();
      case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), edge());
      case 4 -> bytes = Arrays.copyOf(bytes, at);
      case 5 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(40));
      case 6 -> {
        byte kept = bytes[at];
        bytes[at] = bytes[other];
        bytes[other] = kept;
      }
      default -> System.arraycopy(bytes, at, bytes, other, bytes.length - Math.max(at, other));
    }
    return bytes;
  }

  private byte edge() {
    return random.nextBoolean() ? 0 : (byte) 0xFF;
  }
}
