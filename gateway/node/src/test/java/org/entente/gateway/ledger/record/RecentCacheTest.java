package org.entente.gateway.ledger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class RecentCacheTest {
  private final RecentCache<String, Integer> recent = new RecentCache<>(10, 4);

  @Test
  void whatIsNew_staysAndTheOldestGoes_alsoWhereTheOldWasAskedForOften() {
    recent.put("a", 1, 4, 0);
    for (int i = 0; i < 1_000; i++) {
      assertEquals(1, recent.get("a"));
    }
    recent.put("b", 2, 4, 0);
    recent.put("c", 3, 4, 0);
    assertNull(recent.get("a"));
    assertEquals(2, recent.get("b"));
    assertEquals(3, recent.get("c"));
  }

  @Test
  void whatIsLargerThanAll_isNotKept() {
    recent.put("a", 1, 4, 0);
    recent.put("b", 2, 11, 0);
    assertNull(recent.get("a"));
    assertNull(recent.get("b"));
    recent.put("c", 3, 10, 0);
    assertEquals(3, recent.get("c"));
  }

  @Test
  void moreEntriesThanItHolds_theOldestGoes_howeverSmallTheyAre() {
    for (int i = 1; i <= 5; i++) {
      recent.put("k" + i, i, 1, 0);
    }
    assertNull(recent.get("k1"));
    assertEquals(2, recent.get("k2"));
    assertEquals(5, recent.get("k5"));
  }

  @Test
  void removed_givesItsRoomBack() {
    recent.put("a", 1, 9, 0);
    recent.remove("a");
    recent.put("b", 2, 5, 0);
    recent.put("b", 4, 5, 0);
    recent.put("c", 3, 5, 0);
    assertNull(recent.get("a"));
    assertEquals(4, recent.get("b"));
    assertEquals(3, recent.get("c"));
  }

  @Test
  void whatWasPutBeforeATime_goes() {
    recent.put("a", 1, 1, 100);
    recent.put("b", 2, 1, 200);
    recent.removeBefore(200);
    assertNull(recent.get("a"));
    assertEquals(2, recent.get("b"));
  }
}
