package org.entente.gateway.seal.statement;

import java.util.List;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;

/**
 * Numbers that a recipient holds of one epoch and lane: every number up to the watermark, and
 * ranges above it. It shows gaps and releases nothing, as it names no content. Immutable.
 *
 * @param epoch generation of the numbering, from 1
 * @param lane lane
 * @param upTo every number from 1 to this is resolved; 0 if not even the first is
 * @param above ranges held above it, at most 256, ascending, with gaps before and between
 */
public record Watermark(long epoch, Lane lane, long upTo, List<Range> above) {
  /** Greatest number of ranges. */
  public static final int MAX_RANGES = 256;

  public Watermark {
    above = List.copyOf(above);
    if (epoch < 1 || upTo < 0 || !isAllowed(upTo, above)) {
      throw new IllegalArgumentException("watermark " + epoch + "/" + upTo + " with " + above);
    }
  }

  /**
   * A range of numbers without a gap.
   *
   * @param from first number
   * @param to last number, not below the first
   */
  public record Range(long from, long to) {
    static Range read(FieldReader in) {
      return new Range(in.number(1), in.number(1));
    }

    void write(FieldWriter out) {
      out.u64(from).u64(to);
    }
  }

  private static boolean isAllowed(long upTo, List<Range> above) {
    long before = upTo;
    for (Range range : above) {
      if (range.from() - 1 <= before || range.to() < range.from()) {
        return false;
      }
      before = range.to();
    }
    return above.size() <= MAX_RANGES;
  }

  static Watermark read(FieldReader in) {
    return new Watermark(in.number(1), in.lane(), in.number(0), in.list(MAX_RANGES, Range::read));
  }

  void write(FieldWriter out) {
    out.u64(epoch).u8(lane.number()).u64(upTo).list(above, Range::write);
  }
}
