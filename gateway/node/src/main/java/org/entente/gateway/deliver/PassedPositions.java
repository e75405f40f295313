package org.entente.gateway.deliver;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.entente.gateway.deliver.LaneCursor.Range;

/**
 * The positions of one lane that a shared subscription has passed: all below a floor, and ranges
 * above it, which neither touch nor overlap. Pure state, confined to its subscription.
 */
final class PassedPositions {
  private final TreeMap<Long, Long> ranges = new TreeMap<>();
  private long floor;

  PassedPositions(long floor) {
    this.floor = floor;
  }

  /** First position that is not passed. */
  long floor() {
    return floor;
  }

  /** Adds positions from first to last, both included; none if last is below first. */
  void add(long first, long last) {
    if (last < Math.max(first, floor)) {
      return;
    }
    long from = Math.max(first, floor);
    long to = last;
    Map.Entry<Long, Long> before = ranges.floorEntry(from);
    if (before != null && before.getValue() >= from - 1) {
      from = before.getKey();
    }
    NavigableMap<Long, Long> joined = ranges.subMap(from, true, to + 1, true);
    for (long end : joined.values()) {
      to = Math.max(to, end);
    }
    joined.clear();
    if (from == floor) {
      floor = to + 1;
    } else {
      ranges.put(from, to);
    }
  }

  /** Takes a position out again. */
  void remove(long position) {
    if (position < floor) {
      put(position + 1, floor - 1);
      floor = position;
      return;
    }
    Map.Entry<Long, Long> around = ranges.floorEntry(position);
    if (around != null && around.getValue() >= position) {
      ranges.remove(around.getKey());
      put(around.getKey(), position - 1);
      put(position + 1, around.getValue());
    }
  }

  private void put(long first, long last) {
    if (first <= last) {
      ranges.put(first, last);
    }
  }

  /** The first position from one on that is not passed. */
  long nextFrom(long position) {
    if (position < floor) {
      return floor;
    }
    Map.Entry<Long, Long> around = ranges.floorEntry(position);
    return around != null && around.getValue() >= position ? around.getValue() + 1 : position;
  }

  /** The lowest ranges above the floor, in order, at most {@code most}. */
  List<Range> ranges(int most) {
    return ranges.entrySet().stream()
        .limit(most)
        .map(range -> new Range(range.getKey(), range.getValue()))
        .toList();
  }
}
