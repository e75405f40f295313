package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.entente.loadtests.measure.MeasurementFailure;
import org.junit.jupiter.api.Test;

/** The log of a leader that has taken over twice. */
class TakeOverStepsTest {
  private static final Instant FAILED = Instant.parse("2026-03-01T10:00:00Z");
  private static final List<String> LOG =
      List.of(
          line("2026-03-01T09:00:00.100Z", "no earlier lease lasts after 400 ms"),
          line("2026-03-01T09:00:01Z", "this node leads its cluster; its gateway was open after 1"),
          line("2026-03-01T10:00:01.200Z", "the keys of most nodes are read after 200 ms"),
          line("2026-03-01T10:00:01.500Z", "no earlier lease lasts after 500 ms"),
          line("2026-03-01T10:00:03.500Z", "term 2; its gateway was open after 1999 ms"));

  private static String line(String time, String text) {
    return "{\"time\":\"" + time + "\",\"formattedMessage\":\"" + text + "\"}";
  }

  @Test
  void steps_areThoseAfterTheFailure_andFollowOneAnother() {
    TakeOverSteps steps = TakeOverSteps.of(LOG, FAILED, Instant.parse("2026-03-01T10:00:03.750Z"));

    assertEquals(new TakeOverSteps(1, 0.5, 2, 0.25), steps);
  }

  @Test
  void log_withoutAStep_namesIt() {
    MeasurementFailure failure =
        assertThrows(
            MeasurementFailure.class,
            () -> TakeOverSteps.of(LOG.subList(0, 4), FAILED, Instant.MAX));

    assertTrue(failure.toString().contains("its gateway was open"), failure::toString);
  }
}
