package org.entente.gateway.feature.ipr;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Set;

/**
 * An authority's calendar, which computes periods in working days: the day of the event is not
 * counted, and the last day counts in full (Regulation (EEC, Euratom) No 1182/71, articles 2 and
 * 3).
 *
 * <p>The end of a period is the first moment that is too late, which is midnight in the authority's
 * time zone, whatever daylight saving does. Pure and immutable; safe for use by several threads.
 *
 * @param zone time zone in which days begin and end
 * @param weekend days of the week without work; not all seven
 * @param holidays public holidays
 * @param until the last day for which holidays are known
 */
public record WorkingDays(
    ZoneId zone, Set<DayOfWeek> weekend, Set<LocalDate> holidays, LocalDate until) {
  private static final int MOST = 100;

  /** Checks that a week has a working day. */
  public WorkingDays {
    weekend = Set.copyOf(weekend);
    holidays = Set.copyOf(holidays);
    if (weekend.size() >= DayOfWeek.values().length) {
      throw new IllegalArgumentException("a week must have a working day");
    }
  }

  /** Whether a day is a working day. */
  boolean isWorkingDay(LocalDate day) {
    return !weekend.contains(day.getDayOfWeek()) && !holidays.contains(day);
  }

  /**
   * The first moment after a period that began with an event.
   *
   * @param days working days, 1 to {@value #MOST}
   */
  Instant after(Instant event, int days) {
    return end(event.atZone(zone).toLocalDate(), days);
  }

  /**
   * The first moment after a period extended by this number of days.
   *
   * @param end its end, as returned by {@link #after}
   * @param days working days, 1 to {@value #MOST}
   */
  Instant longer(Instant end, int days) {
    return end(lastDay(end), days);
  }

  /** Whether all holidays of a period with this end are known. */
  boolean knows(Instant end) {
    return !lastDay(end).isAfter(until);
  }

  private LocalDate lastDay(Instant end) {
    return end.minusNanos(1).atZone(zone).toLocalDate();
  }

  private Instant end(LocalDate day, int days) {
    if (days < 1 || days > MOST) {
      throw new IllegalArgumentException(
          "a period must have 1 to " + MOST + " working days: " + days);
    }
    LocalDate last = day;
    int left = days;
    while (left > 0) {
      last = last.plusDays(1);
      if (isWorkingDay(last)) {
        left--;
      }
    }
    return last.plusDays(1).atStartOfDay(zone).toInstant();
  }
}
