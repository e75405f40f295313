package org.entente.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReminderSettingsTest {
  @Test
  void absent_isHalfTheTimeAndNineTenths_andNoneIsNone() {
    assertEquals(List.of(50, 90), RequestsConfig.DEFAULT.remindAtPercentInForce());
    assertEquals(List.of(), new RequestsConfig(List.of()).remindAtPercentInForce());
  }

  @Test
  void partThatIsNone_orTooMany_isRefusedWithFieldAndBound() {
    for (List<Integer> wrong :
        List.of(List.of(0), List.of(50, 100), List.of(-1), Collections.nCopies(9, 50))) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> new RequestsConfig(wrong));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("requests.remind_at_percent is " + wrong), message);
      assertTrue(message.contains("at most 8 numbers from 1 to 99"), message);
    }
  }
}
