package org.entente.gateway.ledger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Each entry here is its own number. */
class CommittedTailTest {
  private final CommittedTail<String, Long> tail = new CommittedTail<>(100, 4);

  private void add(String line, long number) {
    tail.add(line, number, number, 10);
  }

  @Test
  void line_begunOverStoredEntries_isEmptyBehindThem_andKnowsNothingBefore() {
    assertNull(tail.from("a", 1, 10), "never begun");
    tail.begin("a", 5);
    assertNull(tail.from("a", 4, 10));
    assertEquals(List.of(), tail.from("a", 5, 10));
    tail.begin("a", 1);
    assertNull(tail.from("a", 4, 10), "it has begun already");
  }

  @Test
  void entries_areGivenFromANumberOn_atMostSoMany() {
    add("a", 3);
    add("a", 5);
    add("a", 8);
    add("b", 9);
    assertNull(tail.from("a", 2, 10), "an earlier one may be stored");
    assertEquals(List.of(3L, 5L, 8L), tail.from("a", 3, 10));
    assertEquals(List.of(5L), tail.from("a", 4, 1));
    assertEquals(List.of(), tail.from("a", 9, 10));
    assertEquals(List.of(9L), tail.from("b", 9, 10));
  }

  @Test
  void oldest_isEvictedByCountAndByBytes_andItsReadersReadTheStore() {
    add("a", 1);
    add("b", 2);
    add("a", 3);
    add("a", 4);
    assertEquals(List.of(1L, 3L, 4L), tail.from("a", 1, 10));
    add("b", 5);
    assertNull(tail.from("a", 1, 10));
    assertEquals(List.of(3L, 4L), tail.from("a", 2, 10));
    assertEquals(List.of(2L, 5L), tail.from("b", 2, 10));
    tail.add("b", 6, 6L, 75);
    assertEquals(95, tail.bytes());
    assertNull(tail.from("a", 3, 10));
    assertEquals(List.of(4L), tail.from("a", 4, 10));
    tail.add("b", 7, 7L, 101);
    assertEquals(0, tail.bytes(), "one that is too large alone is not held either");
    assertNull(tail.from("b", 7, 10));
    assertEquals(List.of(), tail.from("b", 8, 10));
  }

  @Test
  void replacedAndRemoved_areWhatIsCommittedNow() {
    add("a", 1);
    add("a", 2);
    tail.replace("a", 1, 11L, 20);
    tail.replace("a", 7, 77L, 20);
    tail.replace("c", 1, 11L, 20);
    assertEquals(30, tail.bytes());
    assertEquals(List.of(11L, 2L), tail.from("a", 1, 10));
    tail.remove("a", 1);
    tail.remove("a", 1);
    tail.remove("c", 1);
    assertEquals(10, tail.bytes());
    assertEquals(List.of(2L), tail.from("a", 1, 10), "nothing is stored there either");
  }

  @Test
  void entriesRemovedAgainAndAgain_useNoMemory() {
    for (long i = 1; i <= 1_000; i++) {
      add("a", i);
      tail.remove("a", i);
      assertEquals(0, tail.bytes());
    }
    add("a", 1_001);
    assertEquals(List.of(1_001L), tail.from("a", 500, 10), "none of the removed counts as evicted");
    assertTrue(tail.bytes() > 0);
  }
}
