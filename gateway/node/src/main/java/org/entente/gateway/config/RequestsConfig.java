package org.entente.gateway.config;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reminders of requests that wait for this agency's answer.
 *
 * @param remindAtPercent the reminders, in percent of the time for the answer: at most 8 numbers
 *     from 1 to 99; 50 and 90 by default, none if the list is empty. The end of that time always
 *     causes a reminder
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RequestsConfig(@Nullable List<Integer> remindAtPercent) {
  /** All defaults. */
  public static final RequestsConfig DEFAULT = new RequestsConfig(null);

  private static final int MOST = 8;

  public RequestsConfig {
    remindAtPercent = remindAtPercent == null ? List.of(50, 90) : List.copyOf(remindAtPercent);
    if (remindAtPercent.size() > MOST
        || remindAtPercent.stream().anyMatch(percent -> percent < 1 || percent > 99)) {
      throw new IllegalArgumentException(
          "requests.remind_at_percent is "
              + remindAtPercent
              + "; it must be at most "
              + MOST
              + " numbers from 1 to 99");
    }
  }

  /** The percentages in force. */
  public List<Integer> remindAtPercentInForce() {
    return Objects.requireNonNull(remindAtPercent);
  }
}
