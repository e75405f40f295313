package org.entente.gateway.trust;

import java.util.Arrays;
import java.util.Random;

/** Small changes to bytes, as an attacker or a faulty editor makes them. */
public final class TextMutations {
  private static final String STRUCTURE = " \n\t{}[],:\"0aA=+/";

  private TextMutations() {}

  /** One of: a flipped bit, a byte removed, doubled or replaced, a stretch removed or repeated. */
  public static byte[] mutate(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(40));
    return switch (random.nextInt(6)) {
      case 0 -> replaced(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
      case 1 -> replaced(bytes, at, (byte) STRUCTURE.charAt(random.nextInt(STRUCTURE.length())));
      case 2 -> spliced(bytes, at, at + 1, new byte[0]);
      case 3 -> spliced(bytes, at, at, new byte[] {bytes[at]});
      case 4 -> spliced(bytes, at, at + length, new byte[0]);
      default -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
    };
  }

  private static byte[] replaced(byte[] bytes, int at, byte value) {
    byte[] out = bytes.clone();
    out[at] = value;
    return out;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    byte[] out = new byte[from + middle.length + bytes.length - to];
    System.arraycopy(bytes, 0, out, 0, from);
    System.arraycopy(middle, 0, out, from, middle.length);
    System.arraycopy(bytes, to, out, from + middle.length, bytes.length - to);
    return out;
  }
}
