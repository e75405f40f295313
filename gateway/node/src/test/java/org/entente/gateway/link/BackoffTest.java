package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private static void assertWithin(Duration full, Duration pause) {
    assertTrue(
        pause.compareTo(full.dividedBy(2)) >= 0 && pause.compareTo(full) <= 0,
        pause + " is not within " + full);
  }

  @Test
  void pauses_double_upToTheLongest_andStartAnewAfterReset() {
    for (int seed = 0; seed < 100; seed++) {
      Backoff backoff = new Backoff(new Backoff.Bounds(SHORTEST, LONGEST), new Random(seed));
      for (int millis = 100; millis < 5000; millis *= 2) {
        assertWithin(Duration.ofMillis(millis), backoff.next());
      }
      assertWithin(LONGEST, backoff.next());
      assertWithin(LONGEST, backoff.next());
      backoff.reset();
      assertWithin(SHORTEST, backoff.next());
    }
  }

  @Test
  void bounds_outOfOrder_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Backoff.Bounds(LONGEST, SHORTEST));
    assertThrows(IllegalArgumentException.class, () -> new Backoff.Bounds(Duration.ZERO, LONGEST));
  }
}
