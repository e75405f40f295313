package org.entente.gateway.config;

import static org.entente.gateway.config.ConfigBounds.bounded;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The procedure for intellectual property rights. 0 or absent: the default.
 *
 * @param timeZone time zone of the authority, such as {@code Europe/Paris}, in which its days begin
 *     and end
 * @param weekend days of the week without work, Saturday and Sunday by default
 * @param holidays public holidays, at most 1,000
 * @param calendarUntil the last day for which all holidays are listed
 * @param dueSoonHours how long before its deadline a case counts as due soon, 48 by default, at
 *     most 720
 * @param keepDays how long recordations and cases are kept after they end, 183 by default, from 30
 *     to 3,660
 * @param validDays longest validity of a recordation, 366 by default, at most 7,320
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record IprConfig(
    String timeZone,
    @Nullable List<DayOfWeek> weekend,
    @Nullable List<LocalDate> holidays,
    LocalDate calendarUntil,
    @OrDefault int dueSoonHours,
    @OrDefault int keepDays,
    @OrDefault int validDays) {
  /** The settings of a node without clients for the procedure. */
  public static final IprConfig UNUSED = new IprConfig("UTC", null, null, LocalDate.EPOCH, 0, 0, 0);

  public IprConfig {
    Objects.requireNonNull(timeZone, "ipr.time_zone");
    Objects.requireNonNull(calendarUntil, "ipr.calendar_until");
    requireZone(timeZone);
    weekend =
        weekend == null ? List.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY) : List.copyOf(weekend);
    holidays = holidays == null ? List.of() : List.copyOf(holidays);
    if (Set.copyOf(weekend).size() == DayOfWeek.values().length) {
      throw new IllegalArgumentException("ipr.weekend leaves no working day");
    }
    if (holidays.size() > 1_000) {
      throw new IllegalArgumentException("ipr.holidays has more than 1000 days");
    }
    dueSoonHours = bounded("ipr.due_soon_hours", dueSoonHours, 48, 1, 720);
    keepDays = bounded("ipr.keep_days", keepDays, 183, 30, 3_660);
    validDays = bounded("ipr.valid_days", validDays, 366, 1, 7_320);
  }

  private static void requireZone(String zone) {
    if (!ZoneId.getAvailableZoneIds().contains(zone)) {
      throw new IllegalArgumentException("ipr.time_zone is unknown; valid: such as Europe/Paris");
    }
  }
}
