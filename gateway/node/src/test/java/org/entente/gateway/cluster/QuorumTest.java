package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuorumTest {
  @Test
  void quorum_ofThree_needsOneOther() {
    Quorum three = Quorum.of(List.of("b", "c"));
    assertFalse(three.isReachedWith(Set.of()));
    assertTrue(three.isReachedWith(Set.of("c")));
    assertFalse(three.isReachedBy(Set.of("c")));
    assertTrue(three.isReachedBy(Set.of("b", "c")));
    assertFalse(three.isReachedWith(Set.of("x", "y")), "strangers do not count");
    assertEquals(2, three.most());
  }

  @Test
  void quorum_whileOneIsReplaced_needsMostOfBoth() {
    Quorum both = Quorum.of(List.of("b", "c")).replacing("c", "d");
    assertFalse(both.isReachedWith(Set.of("c")), "a and c are few of a, b and d");
    assertFalse(both.isReachedWith(Set.of("d")), "a and d are few of a, b and c");
    assertTrue(both.isReachedWith(Set.of("b")));
    assertTrue(both.isReachedWith(Set.of("c", "d")));
  }

  /** Or a leader before or after the replacement would not find what was copied during it. */
  @Test
  void whateverIsEnoughWhileOneIsReplaced_meetsEveryMajorityBeforeAndAfter() {
    for (Set<String> others :
        List.of(
            Set.of("b", "c"), Set.of("b", "c", "e", "f"), Set.of("b", "c", "e", "f", "g", "h"))) {
      Quorum before = Quorum.of(others);
      Quorum both = before.replacing("c", "d");
      Quorum after = Quorum.of(both.after());
      Set<String> all = new HashSet<>(others);
      all.add("d");
      for (Set<String> made : subsets(List.copyOf(all))) {
        if (both.isReachedWith(made)) {
          Set<String> missing = new HashSet<>(all);
          missing.removeAll(made);
          assertFalse(before.isReachedBy(missing), () -> made + " of " + others);
          assertFalse(after.isReachedBy(missing), () -> made + " of " + all);
          assertTrue(both.isReachedWith(all));
        }
        assertEquals(!before.isReachedBy(without(others, made)), before.isMetBy(made));
      }
    }
  }

  @Test
  void quorum_whileOneJoinsOrLeaves_needsMostOfBoth() {
    Quorum second = Quorum.of(List.of()).replacing("", "b");
    assertFalse(second.isReachedWith(Set.of()), "a is not most of a and b");
    assertTrue(second.isReachedWith(Set.of("b")));
    Quorum last = Quorum.of(List.of("b")).without("b");
    assertFalse(last.isReachedWith(Set.of()), "a is not most of a and b");
    assertTrue(last.isReachedWith(Set.of("b")));
    Quorum two = Quorum.of(List.of("b", "c")).without("c");
    assertFalse(two.isReachedWith(Set.of("c")), "a is not most of a and b");
    assertTrue(two.isReachedWith(Set.of("b")));
  }

  /** So a leader of the machines before and one of those after cannot both be elected. */
  @Test
  void majoritiesBeforeAndAfterOneJoinsOrLeaves_shareAMachine() {
    List<String> names = List.of("b", "c", "d", "e", "f", "g");
    for (int size = 0; size < names.size(); size++) {
      Set<String> few = Set.copyOf(names.subList(0, size));
      Set<String> more = Set.copyOf(names.subList(0, size + 1));
      assertEquals(more, Quorum.of(few).replacing("", names.get(size)).after());
      assertEquals(few, Quorum.of(more).without(names.get(size)).after());
      for (Set<String> some : subsets(List.copyOf(more))) {
        assertFalse(
            Quorum.of(few).isReachedWith(some) && Quorum.of(more).isReachedBy(without(more, some)),
            () -> "a and " + some + " of " + few + ", the others of " + more);
        assertFalse(
            Quorum.of(more).isReachedWith(some) && Quorum.of(few).isReachedBy(without(few, some)),
            () -> "a and " + some + " of " + more + ", the others of " + few);
      }
    }
  }

  private static Set<String> without(Set<String> all, Set<String> some) {
    Set<String> left = new HashSet<>(all);
    left.removeAll(some);
    return left;
  }

  private static List<Set<String>> subsets(List<String> names) {
    return IntStream.range(0, 1 << names.size())
        .mapToObj(
            bits -> {
              Set<String> some = new HashSet<>();
              for (int i = 0; i < names.size(); i++) {
                if ((bits & (1 << i)) != 0) {
                  some.add(names.get(i));
                }
              }
              return some;
            })
        .toList();
  }
}
