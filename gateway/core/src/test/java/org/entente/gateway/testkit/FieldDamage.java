package org.entente.gateway.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Damage to every field of a format: each is flipped, emptied, filled, cut, doubled, left out,
 * exchanged with its neighbour; and the whole is cut and extended. Seeded; what equals the original
 * is left out.
 */
public final class FieldDamage {
  private static final String PUNCTUATION = " \n\r\t+=/-\u007f0AZ";

  private final Random random;

  /** Damage that a seed decides. */
  public FieldDamage(long seed) {
    this.random = new Random(seed);
  }

  /** One damaged form, with what was done to it. */
  public static final class Damaged {
    private final String how;
    private final byte[] bytes;

    private Damaged(String how, byte[] bytes) {
      this.how = how;
      this.bytes = bytes;
    }

    /** What was done. */
    public String how() {
      return how;
    }

    /** The bytes, not copied. */
    public byte[] bytes() {
      return bytes;
    }
  }

  /**
   * All damage to a format.
   *
   * @param lengths of the fields in their order, together all bytes of {@code good}
   */
  public List<Damaged> of(byte[] good, int... lengths) {
    if (Arrays.stream(lengths).sum() != good.length) {
      throw new AssertionError("fields of " + Arrays.stream(lengths).sum() + ", " + good.length);
    }
    List<Damaged> all = new ArrayList<>();
    int at = 0;
    for (int field = 0; field < lengths.length; field++) {
      int next = field + 1 < lengths.length ? lengths[field + 1] : 0;
      damage(all, "field " + field, good, at, at + lengths[field], next);
      at += lengths[field];
    }
    all.add(new Damaged("cut", Arrays.copyOf(good, good.length - 1)));
    all.add(new Damaged("half", Arrays.copyOf(good, good.length / 2)));
    all.add(new Damaged("empty", new byte[0]));
    all.add(new Damaged("extended", Arrays.copyOf(good, good.length + 1)));
    all.add(new Damaged("twice", spliced(good, good.length, good.length, good)));
    return distinct(good, all);
  }

  /** Damage to a text whose fields are its lines, each with the newline that ends it. */
  public List<Damaged> ofLines(byte[] good) {
    List<Integer> lengths = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < good.length; at++) {
      if (good[at] == '\n' || at + 1 == good.length) {
        lengths.add(at + 1 - start);
        start = at + 1;
      }
    }
    return of(good, lengths.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Small damage anywhere: a bit, a byte put in, taken out, doubled or replaced by punctuation. */
  public List<Damaged> anywhere(byte[] good, int rounds) {
    List<Damaged> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int at = random.nextInt(good.length);
      byte[] one = {(byte) PUNCTUATION.charAt(random.nextInt(PUNCTUATION.length()))};
      byte[] bytes =
          switch (random.nextInt(5)) {
            case 0 -> flipped(good, at, 1 << random.nextInt(8));
            case 1 -> spliced(good, at, at + 1, one);
            case 2 -> spliced(good, at, at, one);
            case 3 -> spliced(good, at, at, new byte[] {good[at]});
            default -> spliced(good, at, at + 1, new byte[0]);
          };
      all.add(new Damaged("round " + round + " at " + at, bytes));
    }
    return distinct(good, all);
  }

  private void damage(List<Damaged> all, String field, byte[] good, int from, int to, int next) {
    byte[] part = Arrays.copyOfRange(good, from, to);
    if (part.length == 0) {
      return;
    }
    all.add(new Damaged(field + " first bit", flipped(good, from, 0x80)));
    all.add(new Damaged(field + " last bit", flipped(good, to - 1, 1)));
    for (int i = 0; i < 3; i++) {
      int at = from + random.nextInt(part.length);
      all.add(
          new Damaged(field + " byte " + (at - from), flipped(good, at, 1 + random.nextInt(255))));
    }
    byte[] ones = new byte[part.length];
    Arrays.fill(ones, (byte) 0xFF);
    all.add(new Damaged(field + " zero", spliced(good, from, to, new byte[part.length])));
    all.add(new Damaged(field + " ones", spliced(good, from, to, ones)));
    all.add(new Damaged(field + " left out", spliced(good, from, to, new byte[0])));
    all.add(new Damaged(field + " cut", spliced(good, to - 1, to, new byte[0])));
    all.add(new Damaged(field + " extended", spliced(good, to, to, new byte[1])));
    all.add(new Damaged(field + " doubled", spliced(good, to, to, part)));
    byte[] exchanged = new byte[part.length + next];
    System.arraycopy(good, to, exchanged, 0, next);
    System.arraycopy(part, 0, exchanged, next, part.length);
    all.add(new Damaged(field + " exchanged", spliced(good, from, to + next, exchanged)));
  }

  private static byte[] flipped(byte[] good, int at, int bits) {
    byte[] bytes = good.clone();
    bytes[at] ^= (byte) bits;
    return bytes;
  }

  private static byte[] spliced(byte[] good, int from, int to, byte[] middle) {
    byte[] out = new byte[from + middle.length + good.length - to];
    System.arraycopy(good, 0, out, 0, from);
    System.arraycopy(middle, 0, out, from, middle.length);
    System.arraycopy(good, to, out, from + middle.length, good.length - to);
    return out;
  }

  private static List<Damaged> distinct(byte[] good, List<Damaged> all) {
    Set<String> seen = new HashSet<>(Set.of(Arrays.toString(good)));
    return all.stream().filter(one -> seen.add(Arrays.toString(one.bytes))).toList();
  }
}
