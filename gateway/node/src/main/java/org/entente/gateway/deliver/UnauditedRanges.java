package org.entente.gateway.deliver;

import java.util.ArrayList;
import java.util.List;
import org.entente.proto.store.v1.UnloggedRange;

/**
 * What of a cursor has no audit leaf yet. What continues a range joins it. What does not, since the
 * client read again from elsewhere, stands apart, up to {@value #APART} ranges of a lane; beyond
 * that the last of them grows over it, so that neither the record nor the leaves that come of it
 * grow with what a client does. Pure.
 */
final class UnauditedRanges {
  /** Ranges of one lane and kind. */
  static final int APART = 4;

  private UnauditedRanges() {}

  /** Ranges with one more. */
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
   * What was acknowledged joins only what follows upon it, so that each message is counted once
   * unless it was read again; what was given joins whatever it touches.
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
