package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PrintedTest {
  @Test
  void whatWasPrinted_isKnown_untilAsMuchCameBehindIt() {
    Printed<Integer> printed = new Printed<>();
    for (int i = 0; i < Printed.MOST; i++) {
      assertTrue(printed.isNew(i));
    }
    assertFalse(printed.isNew(0));
    assertEquals(Printed.MOST, printed.count());
    assertTrue(printed.isNew(Printed.MOST));
    assertFalse(printed.isNew(1), "the latest are remembered");
    assertTrue(printed.isNew(0), "the first is forgotten");
  }
}
