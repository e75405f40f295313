package org.entente.gateway.ledger.sequence;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.InvalidValue;

/**
 * The numbers of one (origin, lane) received or resolved in one epoch: a watermark, below which all
 * are, and a bounded set of ranges received above it.
 *
 * <p>Makes delivery into the recipient's ledger exactly once: a number is {@link Offer#NEW} at most
 * once per epoch, whatever paths, duplicates and gaps occurred. Holds at most {@link #MAX_RANGES}
 * ranges within {@link #SPAN} numbers of the watermark, so at most 4 KiB; numbers beyond are {@link
 * Offer#TOO_FAR} and must be offered again once the gaps are filled or resolved.
 *
 * <p>Mutable and not thread-safe. Durable only when its {@link #encode() encoded} form is committed
 * together with the received messages.
 *
 * <pre>
 * encoded, version 1, big-endian:
 *   0  u8   version = 1
 *   1  u64  epoch, from 1
 *   9  u64  watermark
 *  17  u16  count of ranges, at most 256
 *  19  count times, ascending, neither overlapping nor adjacent:
 *      u32  first number, less the watermark
 *      u32  last number, less the watermark
 * </pre>
 */
public final class OriginWindow {
  /** Most ranges above the watermark. */
  public static final int MAX_RANGES = 256;

  /** How far above the watermark a number may be. */
  public static final int SPAN = 1 << 20;

  /** The last number that counts; all within the span above it are still numbers. */
  private static final long LAST = Long.MAX_VALUE - SPAN;

  private static final byte VERSION = 1;
  private static final int FIXED = 19;
  private static final int RANGE = 8;

  /** The result of offering a number. */
  public enum Offer {
    /** Not seen before; now counted as received. */
    NEW,
    /** Received or resolved already. */
    DUPLICATE,
    /** Too far above the watermark, or after too many gaps, to be recorded; not counted. */
    TOO_FAR
  }

  /** Numbers {@code first} to {@code last}, both included. */
  public record Range(long first, long last) {}

  private final long epoch;
  private long watermark;
  private final List<Range> above = new ArrayList<>();

  private OriginWindow(long epoch, long watermark) {
    this.epoch = epoch;
    this.watermark = watermark;
  }

  /**
   * An empty window.
   *
   * @param epoch from 1
   */
  public static OriginWindow fresh(long epoch) {
    if (epoch < 1) {
      throw new IllegalArgumentException("an epoch must be at least 1, not " + epoch);
    }
    return new OriginWindow(epoch, 0);
  }

  /** An independent copy, kept or dropped with its commit. */
  public OriginWindow copy() {
    OriginWindow copy = new OriginWindow(epoch, watermark);
    copy.above.addAll(above);
    return copy;
  }

  /** The epoch in which the numbers count. */
  public long epoch() {
    return epoch;
  }

  /** The highest number at and below which every number is received or resolved; 0 if none. */
  public long watermark() {
    return watermark;
  }

  /** The highest number received or resolved; the watermark if nothing is above it. */
  public long highest() {
    return above.isEmpty() ? watermark : above.get(above.size() - 1).last();
  }

  /** The ranges received above the watermark, ascending. */
  public List<Range> receivedAbove() {
    return List.copyOf(above);
  }

  /** The ranges missing between the watermark and the highest number, ascending. */
  public List<Range> gaps() {
    List<Range> gaps = new ArrayList<>();
    long next = watermark + 1;
    for (Range range : above) {
      gaps.add(new Range(next, range.first() - 1));
      next = range.last() + 1;
    }
    return gaps;
  }

  /** Whether a number counts as received or resolved. Changes nothing. */
  public boolean holds(long sequence) {
    return sequence <= watermark || coveredBy(placeOf(sequence) - 1, sequence);
  }

  /**
   * Counts a number as received, if it is new.
   *
   * @param sequence from 1
   */
  public Offer offer(long sequence) {
    if (sequence < 1) {
      throw new IllegalArgumentException("an origin sequence must be at least 1, not " + sequence);
    }
    if (sequence <= watermark) {
      return Offer.DUPLICATE;
    }
    if (sequence - watermark > SPAN || sequence > LAST) {
      return Offer.TOO_FAR;
    }
    if (sequence == watermark + 1) {
      watermark = sequence;
      absorb();
      return Offer.NEW;
    }
    return insert(sequence);
  }

  /**
   * Counts a number as resolved by its origin's VOID statement, whose signature the caller has
   * checked.
   *
   * @return NEW if no message had arrived under the number, and none will; DUPLICATE if the number
   *     was received (or voided) before: a message held under it must be recalled
   */
  public Offer resolveVoid(long sequence) {
    return offer(sequence);
  }

  /**
   * Counts every number below a bound as resolved, because its origin states under its signature
   * that it has none of them queued.
   *
   * @param below from 1
   * @return how many of them were neither received nor resolved before; they will never arrive
   */
  public long settleBelow(long below) {
    long last = Math.min(below, LAST) - 1;
    if (last <= watermark) {
      return 0;
    }
    long missing = last - watermark;
    while (!above.isEmpty() && above.get(0).first() <= last) {
      Range range = above.remove(0);
      missing -= Math.min(range.last(), last) - range.first() + 1;
      last = Math.max(last, range.last());
    }
    watermark = last;
    absorb();
    return missing;
  }

  private Offer insert(long sequence) {
    int place = placeOf(sequence);
    if (coveredBy(place - 1, sequence)) {
      return Offer.DUPLICATE;
    }
    boolean joinsLower = place > 0 && above.get(place - 1).last() == sequence - 1;
    boolean joinsUpper = place < above.size() && above.get(place).first() == sequence + 1;
    if (joinsLower && joinsUpper) {
      Range upper = above.remove(place);
      above.set(place - 1, new Range(above.get(place - 1).first(), upper.last()));
    } else if (joinsLower) {
      above.set(place - 1, new Range(above.get(place - 1).first(), sequence));
    } else if (joinsUpper) {
      above.set(place, new Range(sequence, above.get(place).last()));
    } else if (above.size() == MAX_RANGES) {
      return Offer.TOO_FAR;
    } else {
      above.add(place, new Range(sequence, sequence));
    }
    return Offer.NEW;
  }

  /** Moves the watermark over a range that now touches it. */
  private void absorb() {
    if (!above.isEmpty() && above.get(0).first() == watermark + 1) {
      watermark = above.remove(0).last();
    }
  }

  /** Index of the first range that begins above a number. */
  private int placeOf(long sequence) {
    int low = 0;
    int high = above.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (above.get(middle).first() <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean coveredBy(int index, long sequence) {
    return index >= 0 && sequence <= above.get(index).last();
  }

  /** The stored form; see the class comment. */
  public byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(FIXED + RANGE * above.size());
    bytes.put(VERSION).putLong(epoch).putLong(watermark).putShort((short) above.size());
    for (Range range : above) {
      bytes.putInt((int) (range.first() - watermark)).putInt((int) (range.last() - watermark));
    }
    return bytes.array();
  }

  /**
   * Reads an encoded window. A window that is read encodes to the same bytes.
   *
   * @throws InvalidValue if these are not the bytes of a window
   */
  public static OriginWindow decode(byte[] encoded) {
    if (encoded.length < FIXED || encoded[0] != VERSION) {
      throw corrupt("version 1 and at least 19 bytes", encoded.length);
    }
    ByteBuffer bytes = ByteBuffer.wrap(encoded, 1, encoded.length - 1);
    OriginWindow window = new OriginWindow(bytes.getLong(), bytes.getLong());
    int count = Short.toUnsignedInt(bytes.getShort());
    if (window.epoch < 1 || window.watermark < 0 || window.watermark > LAST) {
      throw corrupt("an epoch from 1 and a watermark from 0", encoded.length);
    }
    if (count > MAX_RANGES || bytes.remaining() != count * RANGE) {
      throw corrupt("at most 256 ranges and nothing after them", encoded.length);
    }
    window.readRanges(bytes, count);
    return window;
  }

  private void readRanges(ByteBuffer bytes, int count) {
    // The number after the watermark is missing, or the watermark would be higher.
    long free = 2;
    for (int i = 0; i < count; i++) {
      long first = Integer.toUnsignedLong(bytes.getInt());
      long last = Integer.toUnsignedLong(bytes.getInt());
      if (first < free || last < first || last > SPAN) {
        throw corrupt("ranges that ascend and do not touch", bytes.limit());
      }
      above.add(new Range(watermark + first, watermark + last));
      free = last + 2;
    }
  }

  private static InvalidValue corrupt(String expected, int length) {
    return new InvalidValue("an origin window has " + expected, InvalidValue.bytes(length));
  }

  @Override
  public String toString() {
    return "epoch " + epoch + " through " + watermark + " and " + above;
  }
}
