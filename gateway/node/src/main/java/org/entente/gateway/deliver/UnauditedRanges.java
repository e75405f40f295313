package org.entente.gateway.deliver;

import java.util.ArrayList;
import java.util.List;
import org.entente.proto.store.v1.UnloggedRange;

/**
 * The ranges of a cursor without an audit leaf. A range that continues another joins it. One that
 * does not, because the client read again from elsewhere, is kept separately, up to {@value #APART}
 * ranges of a lane; after that the last range is extended over it. So neither the record nor its
 * leaves grow with a client's behaviour. Pure.
 */
final class UnauditedRanges {
  /** Most ranges of one lane and kind. */
  static final int APART = 4;

  private UnauditedRanges() {}

  /** Adds a range. */
  static List<UnloggedRange> with(List<UnloggedRange> before, UnloggedRange added) {
    List<UnloggedRange> out = new ArrayList<>(before);
    int alike = 0;
    int last = -1;
    for (int i = 0; i < out.size(); i++) {
      if (isAlike(out.get(i), added)) {
        alike++;
        last = i;
        if (continues(out.get(i), added)) {
          out.set(i, over(out.get(i), added));
          return out;
        }
      }
    }
    if (alike < APART) {
      out.add(added);
    } else {
      out.set(last, over(out.get(last), added));
    }
    return out;
  }

  private static boolean isAlike(UnloggedRange one, UnloggedRange other) {
    return one.getLane() == other.getLane() && one.getUnanswered() == other.getUnanswered();
  }

  /**
   * Whether a range joins another. An acknowledged range joins only a directly following one, so
   * that each message is counted once unless it was read again; an unacknowledged range joins any
   * that it touches.
   */
  private static boolean continues(UnloggedRange range, UnloggedRange next) {
    return range.getUnanswered()
        ? next.getFirst() <= range.getLast() + 1 && range.getFirst() <= next.getLast() + 1
        : next.getFirst() == range.getLast() + 1;
  }

  private static UnloggedRange over(UnloggedRange range, UnloggedRange next) {
    return range.toBuilder()
        .setFirst(Math.min(range.getFirst(), next.getFirst()))
        .setLast(Math.max(range.getLast(), next.getLast()))
        .setCount(range.getCount() + next.getCount())
        .build();
  }
}
