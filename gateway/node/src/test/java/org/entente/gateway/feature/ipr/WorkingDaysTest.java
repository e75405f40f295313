package org.entente.gateway.feature.ipr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When periods in working days end, at their edges. */
class WorkingDaysTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final Set<DayOfWeek> WEEKEND = EnumSet.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);
  private static final LocalDate UNTIL = LocalDate.of(2026, 12, 31);

  private static final WorkingDays DAYS =
      new WorkingDays(
          PARIS,
          WEEKEND,
          Set.of(LocalDate.of(2026, 4, 6), LocalDate.of(2026, 5, 1), LocalDate.of(2026, 12, 25)),
          UNTIL);

  /**
   * The end is midnight in Paris after the last day. The day of the event is not counted, whatever
   * day it is and however late; Easter Monday, 6 April 2026, is not counted; nor are weekends.
   */
  @ParameterizedTest
  @CsvSource({
    // A Monday: the first day is Tuesday.
    "2026-03-02T08:00:00Z, 1, 2026-03-03T23:00:00Z",
    "2026-03-02T08:00:00Z, 10, 2026-03-16T23:00:00Z",
    "2026-03-02T08:00:00Z, 3, 2026-03-05T23:00:00Z",
    // The last moment of that Monday in Paris, and the first of Tuesday.
    "2026-03-02T22:59:59.999Z, 1, 2026-03-03T23:00:00Z",
    "2026-03-02T23:00:00Z, 1, 2026-03-04T23:00:00Z",
    // A Friday and the weekend after it begin on Monday.
    "2026-03-06T10:00:00Z, 1, 2026-03-09T23:00:00Z",
    "2026-03-07T10:00:00Z, 1, 2026-03-09T23:00:00Z",
    "2026-03-08T10:00:00Z, 1, 2026-03-09T23:00:00Z",
    // Maundy Thursday: Good Friday counts here, Easter Monday does not; it is summer by then.
    "2026-04-02T10:00:00Z, 1, 2026-04-03T22:00:00Z",
    "2026-04-02T10:00:00Z, 2, 2026-04-07T22:00:00Z",
    "2026-04-06T10:00:00Z, 1, 2026-04-07T22:00:00Z",
    // Across the change to summer time on 29 March, and to winter time on 25 October.
    "2026-03-26T10:00:00Z, 2, 2026-03-30T22:00:00Z",
    "2026-10-22T10:00:00Z, 2, 2026-10-26T23:00:00Z",
    // A holiday at the end of the period is not its last day.
    "2026-04-17T10:00:00Z, 10, 2026-05-04T22:00:00Z",
    // Across the end of a year.
    "2026-12-24T10:00:00Z, 3, 2026-12-30T23:00:00Z",
    "2026-12-30T10:00:00Z, 3, 2027-01-04T23:00:00Z"
  })
  void period_ends_afterItsLastWorkingDay(Instant event, int days, Instant end) {
    assertEquals(end, DAYS.after(event, days));
  }

  @Test
  void extension_goesOnWhereThePeriodEnded() {
    Instant event = Instant.parse("2026-03-02T08:00:00Z");
    Instant end = DAYS.after(event, 10);
    assertEquals(DAYS.after(event, 20), DAYS.longer(end, 10));
    assertEquals(DAYS.after(event, 11), DAYS.longer(end, 1));
  }

  @Test
  void calendar_knows_untilItsLastDay() {
    assertTrue(DAYS.knows(Instant.parse("2026-12-31T23:00:00Z")));
    assertFalse(DAYS.knows(Instant.parse("2027-01-01T23:00:00Z")));
  }

  @Test
  void weekOfAnotherCountry_andZoneAheadOfUtc() {
    WorkingDays riyadh =
        new WorkingDays(
            ZoneId.of("Asia/Riyadh"),
            EnumSet.of(DayOfWeek.FRIDAY, DayOfWeek.SATURDAY),
            Set.of(),
            UNTIL);
    // 22:00 UTC on Wednesday is Thursday there, so that Sunday is the first day.
    assertEquals(
        Instant.parse("2026-03-08T21:00:00Z"),
        riyadh.after(Instant.parse("2026-03-04T22:00:00Z"), 1));
  }

  @Test
  void midnightThatDoesNotExist_isTheFirstMomentOfTheDay() {
    WorkingDays beirut = new WorkingDays(ZoneId.of("Asia/Beirut"), Set.of(), Set.of(), UNTIL);
    // On 29 March 2026 clocks there go from 0:00 to 1:00.
    assertEquals(
        Instant.parse("2026-03-28T22:00:00Z"),
        beirut.after(Instant.parse("2026-03-27T10:00:00Z"), 1));
  }

  @Test
  void period_ofNoDays_orWithoutWorkingDays_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> DAYS.after(Instant.EPOCH, 0));
    assertThrows(IllegalArgumentException.class, () -> DAYS.after(Instant.EPOCH, 101));
    Set<DayOfWeek> all = EnumSet.allOf(DayOfWeek.class);
    assertThrows(
        IllegalArgumentException.class, () -> new WorkingDays(PARIS, all, Set.of(), UNTIL));
  }

  /** Counted the other way round: days of the period that are worked on, one by one. */
  @Test
  void period_holdsExactlyItsWorkingDays() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      Instant event = Instant.ofEpochSecond(1_767_225_600L + random.nextInt(31_536_000));
      int days = 1 + random.nextInt(20);
      LocalDate last = DAYS.after(event, days).minusMillis(1).atZone(PARIS).toLocalDate();
      List<LocalDate> within =
          event.atZone(PARIS).toLocalDate().plusDays(1).datesUntil(last.plusDays(1)).toList();
      assertEquals(days, within.stream().filter(DAYS::isWorkingDay).count(), "seed " + seed);
      assertTrue(DAYS.isWorkingDay(last), "seed " + seed);
    }
  }
}
