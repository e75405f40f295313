package org.entente.gateway.seal.statement;

import java.util.Comparator;
import java.util.List;

/** Lists as formats have them: sorted, without repeats, of bounded length. */
final class AscendingList {
  private AscendingList() {}

  /**
   * A sorted copy.
   *
   * @throws IllegalArgumentException if two items are equal in this order, or their number is out
   *     of bounds, both inclusive
   */
  static <T> List<T> copyOf(List<T> items, Comparator<? super T> order, int least, int most) {
    List<T> sorted = items.stream().sorted(order).toList();
    for (int i = 1; i < sorted.size(); i++) {
      if (order.compare(sorted.get(i - 1), sorted.get(i)) == 0) {
        throw new IllegalArgumentException(sorted.get(i) + " stands twice in a list");
      }
    }
    if (sorted.size() < least || sorted.size() > most) {
      throw new IllegalArgumentException(
          "a list of " + sorted.size() + "; allowed are " + least + " to " + most);
    }
    return sorted;
  }
}
