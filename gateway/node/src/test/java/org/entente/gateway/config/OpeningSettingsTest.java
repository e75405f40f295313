package org.entente.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpeningSettingsTest {
  @Test
  void absent_isTheDefaultOfEachLane() {
    assertEquals(new OpenWithinConfig(15, 480, 1_440, 10_080), OpenWithinConfig.DEFAULT);
    assertEquals(new OpenWithinConfig(5, 480, 1_440, 10_080), new OpenWithinConfig(5, 0, 0, 0));
  }

  @Test
  void beyondThirtyDaysOrNegative_isRefusedWithFieldAndBound() {
    assertEquals(43_200, new OpenWithinConfig(0, 0, 0, 43_200).routineMinutes());
    for (int minutes : List.of(-1, 43_201)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> new OpenWithinConfig(0, 0, minutes, 0));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("open_within.priority_minutes is " + minutes), message);
      assertTrue(message.contains("1 to 43200"), message);
    }
  }
}
