package org.entente.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.Test;

class LogRateLimitTest {
  private static final Duration APART = Duration.ofSeconds(10);

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final LogRateLimit lines = new LogRateLimit(clock, APART);

  @Test
  void events_ofOneSubject_haveOneLineInATime_whichCountsTheOthers() {
    assertEquals(Optional.of("one"), lines.line("a", "one"));
    clock.move(APART.minusNanos(1));
    assertEquals(Optional.empty(), lines.line("a", "two"));
    assertEquals(Optional.empty(), lines.line("a", "three"));
    assertEquals(Optional.of("other"), lines.line("b", "other"), "another subject");
    clock.move(Duration.ofNanos(1));
    assertEquals(Optional.of("four; 2 more since the last such line"), lines.line("a", "four"));
    clock.move(APART);
    assertEquals(Optional.of("five"), lines.line("a", "five"));
  }

  @Test
  void events_beyondTheMostOfATime_areCountedInTheNext() {
    LogRateLimit three = new LogRateLimit(clock, APART, 3);
    for (int i = 0; i < 3; i++) {
      assertEquals(Optional.of("line"), three.line("a", "line"));
    }
    assertEquals(Optional.empty(), three.line("a", "line"));
    assertEquals(Optional.empty(), three.line("a", "line"));
    clock.move(APART);
    assertEquals(Optional.of("line; 2 more since the last such line"), three.line("a", "line"));
    assertEquals(Optional.of("line"), three.line("a", "line"));
  }

  @Test
  void clockThatIsSetBack_silencesNothing() {
    assertEquals(Optional.of("one"), lines.line("a", "one"));
    clock.leap(Duration.ofDays(1).negated());
    assertEquals(Optional.of("two"), lines.line("a", "two"));
  }
}
