package org.entente.gateway.feature.ipr;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.entente.gateway.config.IprConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.meter.Meters;

/** Gauges and readiness warnings of the procedure for intellectual property rights. */
public final class IprMonitor {
  /** Days before the end of the calendar from which operators are warned. */
  private static final int CALENDAR_DAYS = 60;

  private final IprSettings settings;
  private final boolean used;

  /**
   * A monitor of a gateway's procedure.
   *
   * @param holders whether a client of this name is a rights holder now
   */
  public IprMonitor(NodeConfig config, Predicate<String> holders) {
    IprConfig ipr = config.iprInForce();
    used = config.ipr() != null;
    settings =
        new IprSettings(
            new WorkingDays(
                ZoneId.of(ipr.timeZone()),
                weekend(ipr),
                ipr.holidays() == null ? Set.of() : Set.copyOf(ipr.holidays()),
                ipr.calendarUntil()),
            Duration.ofHours(ipr.dueSoonHours()),
            Duration.ofDays(ipr.keepDays()),
            Duration.ofDays(ipr.validDays()),
            holders);
  }

  private static Set<DayOfWeek> weekend(IprConfig ipr) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (ipr.weekend() != null) {
      days.addAll(ipr.weekend());
    }
    return days;
  }

  public IprSettings settings() {
    return settings;
  }

  public void register(Meters meters, IprTable book, InstantSource clock) {
    meters.gauge(
        "entente_ipr_open_cases",
        "Open cases about goods that may infringe a right.",
        List.of(),
        () -> List.of(Meters.Sample.of(book.openCases())));
    meters.gauge(
        "entente_ipr_deadlines",
        "Open cases whose next deadline has passed (overdue), or is near (due_soon).",
        List.of("state"),
        () ->
            List.of(
                new Meters.Sample(List.of("overdue"), overdue(book, clock)),
                new Meters.Sample(List.of("due_soon"), dueSoon(book, clock))));
  }

  private static long overdue(IprTable book, InstantSource clock) {
    return book.due(0, clock.millis() + 1);
  }

  private long dueSoon(IprTable book, InstantSource clock) {
    long now = clock.millis();
    return book.due(now + 1, now + settings.dueSoon().toMillis() + 1);
  }

  /** Warnings of a ready node. */
  public List<String> warnings(IprTable book, InstantSource clock) {
    List<String> warnings = new ArrayList<>();
    long overdue = overdue(book, clock);
    if (overdue > 0) {
      warnings.add("ipr: %d cases are past a deadline".formatted(overdue));
    }
    LocalDate until = settings.days().until();
    LocalDate today = clock.instant().atZone(settings.days().zone()).toLocalDate();
    if (used && today.plusDays(CALENDAR_DAYS).isAfter(until)) {
      warnings.add("ipr: the calendar of holidays ends on " + until + "; add the later ones");
    }
    return warnings;
  }
}
