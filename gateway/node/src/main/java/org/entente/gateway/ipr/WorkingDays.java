package org.entente.gateway.ipr;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Set;

/**
 * The calendar of an authority, and when periods in working days end: the day of the event is not
 * counted, and the last day counts whole (Regulation (EEC, Euratom) No 1182/71, articles 2 and 3).
 *
 * <p>Ends are given as the first moment that is too late, which is midnight of the authority's time
 * zone, whatever daylight saving does. Pure, immutable, safe for many threads.
 *
 * @param zone where days begin and end
 * @param weekend days of the week on which nobody works; not all seven
 * @param holidays public holidays
 * @param until the last day that the holidays are known for
 */
public record WorkingDays(
    ZoneId zone, Set<DayOfWeek> weekend, Set<LocalDate> holidays, LocalDate until) {
  private static final int MOST = 100;

  /** Checks that there are days left to work on. */
  public WorkingDays {
    weekend = Set.copyOf(weekend);
    holidays = Set.copyOf(holidays);
    if (weekend.size() >= DayOfWeek.values().length) {
      throw new IllegalArgumentException("a week has a working day");
    }
  }

  /** Whether people work on a day. */
  boolean isWorkingDay(LocalDate day) {
    return !weekend.contains(day.getDayOfWeek()) && !holidays.contains(day);
  }

  /**
   * The first moment after a period that an event began.
   *
   * @param days working days, 1 to {@value #MOST}
   */
  Instant after(Instant event, int days) {
    return end(event.atZone(zone).toLocalDate(), days);
  }

  /**
   * The first moment after a period that is longer by so many days than it was.
   *
   * @param end as {@link #after} gave it
   * @param days working days, 1 to {@value #MOST}
   */
  Instant longer(Instant end, int days) {
    return end(lastDay(end), days);
  }

  /** Whether all holidays of a period that ends so are known. */
  boolean knows(Instant end) {
    return !lastDay(end).isAfter(until);
  }

  private LocalDate lastDay(Instant end) {
    return end.minusNanos(1).atZone(zone).toLocalDate();
  }

  private Instant end(LocalDate day, int days) {
    if (days < 1 || days > MOST) {
      throw new IllegalArgumentException("a period has 1 to " + MOST + " working days: " + days);
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
