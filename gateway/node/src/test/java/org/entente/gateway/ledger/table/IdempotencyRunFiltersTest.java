package org.entente.gateway.ledger.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A key is always found in its run, seldom in another, and memory has a limit. */
class IdempotencyRunFiltersTest {
  private final IdempotencyRunFilters filters = new IdempotencyRunFilters();

  @Test
  void keysOfFullRuns_areFoundInTheirs_andFewInOthers() {
    for (long run = 0; run < 4; run++) {
      Random keys = new Random(run);
      for (int i = 0; i < IdempotencyTable.RUN; i++) {
        filters.add(run, keys.nextLong());
      }
    }
    int seeming = 0;
    for (long run = 0; run < 4; run++) {
      Random keys = new Random(run);
      for (int i = 0; i < IdempotencyTable.RUN; i++) {
        long found = filters.mayHold(0, keys.nextLong());
        assertEquals(1, (found >>> run) & 1);
        seeming += Long.bitCount(found) - 1;
      }
    }
    // One in 2,000 for each of three other runs is 197.
    assertTrue(seeming < 400, seeming + " keys seem to be in another run");
  }

  /** Without a filter, each run is read. */
  @Test
  void groupsBeyondTheMost_areForgotten_theOldestFirst() {
    for (long group = 0; group <= IdempotencyRunFilters.GROUPS; group++) {
      filters.add(group * IdempotencyRunFilters.TOGETHER, 7);
    }
    assertEquals(-1, filters.mayHold(0, 7));
    for (long group = 1; group <= IdempotencyRunFilters.GROUPS; group++) {
      assertEquals(1, filters.mayHold(group, 7));
      assertEquals(0, filters.mayHold(group, 8));
    }
    filters.forgetBefore(IdempotencyRunFilters.GROUPS);
    assertEquals(-1, filters.mayHold(IdempotencyRunFilters.GROUPS - 1, 7));
    assertEquals(1, filters.mayHold(IdempotencyRunFilters.GROUPS, 7));
  }
}
