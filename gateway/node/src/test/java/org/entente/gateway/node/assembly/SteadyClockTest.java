package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant END = START.plus(Duration.ofDays(60));

  private final SettableClock clock = new SettableClock(START);
  private final SteadyClock steady =
      new SteadyClock(clock, clock::nanos, Optional.empty(), () -> END);

  @Test
  void time_thatPasses_isFollowedHoweverFarApartTheLooksAre() {
    for (Duration passed : new Duration[] {Duration.ofMillis(1), Duration.ofDays(20)}) {
      clock.move(passed);
      assertEquals(clock.instant(), steady.instant());
      assertFalse(steady.doubts());
    }
  }

  @Test
  void leapForward_andBack_movesNothing() {
    clock.leap(Duration.ofDays(20));
    assertEquals(START, steady.instant());
    assertTrue(steady.doubts());
    assertEquals(
        "clock: it jumped forward; nothing expires by it until the jump has lasted for PT1H; check"
            + " this machine's time",
        steady.doubt().orElseThrow());
    clock.move(Duration.ofMinutes(59));
    assertEquals(START.plus(Duration.ofMinutes(59)), steady.instant());
    clock.leap(Duration.ofDays(-20));
    assertEquals(clock.instant(), steady.instant());
    assertFalse(steady.doubts());
    assertEquals(Optional.empty(), steady.doubt());
    clock.leap(Duration.ofDays(20));
    clock.move(Duration.ofMinutes(59));
    assertEquals(START.plus(Duration.ofMinutes(118)), steady.instant(), "it has not stood before");
  }

  @Test
  void leapThatStandsForAnHour_isFollowed() {
    clock.leap(Duration.ofDays(20));
    assertEquals(START, steady.instant());
    clock.move(Duration.ofHours(1));
    assertEquals(clock.instant(), steady.instant());
    assertFalse(steady.doubts());
  }

  @Test
  void leapUponALeap_hasToStandAnew() {
    clock.leap(Duration.ofDays(10));
    steady.instant();
    clock.move(Duration.ofMinutes(30));
    clock.leap(Duration.ofDays(10));
    steady.instant();
    clock.move(Duration.ofMinutes(40));
    assertEquals(START.plus(Duration.ofMinutes(70)), steady.instant());
    clock.move(Duration.ofMinutes(20));
    assertEquals(clock.instant(), steady.instant());
  }

  @Test
  void smallStepsAndStepsBack_areFollowedAtOnce() {
    clock.leap(Duration.ofHours(1));
    assertEquals(clock.instant(), steady.instant());
    clock.leap(Duration.ofDays(-400));
    assertEquals(clock.instant(), steady.instant());
  }

  @Test
  void stepBack_thatIsOverWithinTheHour_isFollowedBothWaysAndNotDoubted() {
    clock.leap(Duration.ofDays(-30));
    assertEquals(clock.instant(), steady.instant());
    clock.leap(Duration.ofDays(30));
    assertEquals(clock.instant(), steady.instant());
    assertFalse(steady.doubts());
    clock.leap(Duration.ofDays(1));
    assertTrue(steady.doubts(), "no further than it was before");
  }

  @Test
  void stepBack_thatHasStoodForAnHour_isLeftByAJump() {
    clock.leap(Duration.ofDays(-30));
    steady.instant();
    clock.move(Duration.ofHours(1));
    clock.leap(Duration.ofDays(30));
    assertTrue(steady.doubts());
  }

  @Test
  void keeping_isTheLaterOfTheMachinesTimeAndWhatWasFollowed() {
    InstantSource keeping = steady.keeping();
    clock.leap(Duration.ofDays(-400));
    clock.move(Duration.ofHours(2));
    assertEquals(clock.instant(), steady.instant());
    assertEquals(START.plus(Duration.ofHours(2)), keeping.instant());
    clock.leap(Duration.ofDays(420));
    assertEquals(clock.instant(), keeping.instant());
    clock.leap(Duration.ofDays(-20));
    assertEquals(clock.instant(), keeping.instant(), "a jump that was not accepted leaves nothing");
    Instant later = clock.instant().plus(Duration.ofDays(9));
    SteadyClock behind = new SteadyClock(clock, clock::nanos, Optional.of(later), () -> END);
    assertEquals(clock.instant(), behind.instant());
    assertEquals(later, behind.keeping().instant());
  }

  @Test
  void start_holdsTheClockAgainstTheLastTimeKnown() {
    clock.move(Duration.ofDays(20));
    SteadyClock restarted = new SteadyClock(clock, clock::nanos, Optional.of(START), () -> END);
    assertEquals(START, restarted.instant());
    assertTrue(restarted.doubts());
    clock.move(Duration.ofHours(1));
    assertEquals(clock.instant(), restarted.instant());
    Instant later = clock.instant().plusSeconds(60);
    assertEquals(
        clock.instant(),
        new SteadyClock(clock, clock::nanos, Optional.of(later), () -> END).instant());
  }

  @Test
  void endOfTheTrustBundle_isNotPassed() {
    clock.move(Duration.ofDays(3_650));
    assertEquals(END, steady.instant());
    assertTrue(steady.doubts());
    assertEquals(
        "clock: it is past the end of the trust bundle's grace; nothing expires by it; check this"
            + " machine's time and the trust bundle",
        steady.doubt().orElseThrow());
    SteadyClock restarted = new SteadyClock(clock, clock::nanos, Optional.empty(), () -> END);
    assertEquals(END, restarted.instant());
    clock.leap(Duration.ofDays(-3_650));
    assertEquals(clock.instant(), restarted.instant());
  }
}
