package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PrintHistoryTest {
  @Test
  void whatWasPrinted_isKnown_untilAsMuchCameBehindIt() {
    PrintHistory<Integer> printed = new PrintHistory<>();
    for (int i = 0; i < PrintHistory.MOST; i++) {
      assertTrue(printed.isNew(i));
    }
    assertFalse(printed.isNew(0));
    assertEquals(PrintHistory.MOST, printed.count());
    assertTrue(printed.isNew(PrintHistory.MOST));
    assertFalse(printed.isNew(1), "the latest are remembered");
    assertTrue(printed.isNew(0), "the first is forgotten");
  }
}
