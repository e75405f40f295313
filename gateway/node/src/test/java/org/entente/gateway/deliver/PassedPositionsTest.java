package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PassedPositionsTest {
  private static final int POSITIONS = 60;

  @Test
  void add_joinsWhatTouches_andRaisesTheFloor() {
    PassedPositions passed = new PassedPositions(1);
    passed.add(3, 4);
    passed.add(6, 6);
    assertEquals(1, passed.floor());
    assertEquals(List.of(new LaneCursor.Range(3, 4), new LaneCursor.Range(6, 6)), passed.ranges(9));
    passed.add(5, 5);
    assertEquals(List.of(new LaneCursor.Range(3, 6)), passed.ranges(9));
    passed.add(1, 2);
    assertEquals(7, passed.floor());
    assertEquals(List.of(), passed.ranges(9));
  }

  @Test
  void remove_belowTheFloor_lowersIt_andKeepsTheRest() {
    PassedPositions passed = new PassedPositions(10);
    passed.remove(4);
    assertEquals(4, passed.floor());
    assertEquals(List.of(new LaneCursor.Range(5, 9)), passed.ranges(9));
    assertEquals(10, passed.nextFrom(5));
  }

  /** Against a set that holds each position. */
  @Test
  void anyChanges_giveTheSameAsASetOfPositions() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      PassedPositions passed = new PassedPositions(1);
      BitSet model = new BitSet();
      model.set(0);
      for (int i = 0; i < 40; i++) {
        int first = 1 + random.nextInt(POSITIONS);
        if (random.nextInt(3) > 0) {
          int last = Math.min(POSITIONS, first + random.nextInt(6) - 1);
          passed.add(first, last);
          model.set(first, Math.max(first, last + 1));
        } else {
          passed.remove(first);
          model.clear(first);
        }
        assertEquals(model.nextClearBit(0), passed.floor(), "seed " + seed);
        for (int at = 1; at <= POSITIONS; at++) {
          assertEquals(model.nextClearBit(at), passed.nextFrom(at), "seed " + seed);
        }
      }
      List<LaneCursor.Range> ranges = passed.ranges(100);
      for (int i = 1; i < ranges.size(); i++) {
        assertTrue(ranges.get(i).first() > ranges.get(i - 1).last() + 1, "seed " + seed);
      }
    }
  }
}
