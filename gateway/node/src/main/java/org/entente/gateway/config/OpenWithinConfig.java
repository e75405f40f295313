package org.entente.gateway.config;

import static org.entente.gateway.config.ConfigBounds.bounded;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * The time within which each recipient must open a message, by lane; a draft can set its own. When
 * it passes, the origin records evidence of NON_RETRIEVAL and lists the message as unopened. 0 or
 * absent: the default. At most 43,200 minutes, which is 30 days.
 *
 * @param flashMinutes in lane FLASH, 15 by default
 * @param immediateMinutes in lane IMMEDIATE, 480 by default
 * @param priorityMinutes in lane PRIORITY, 1,440 by default
 * @param routineMinutes in lane ROUTINE, 10,080 by default
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record OpenWithinConfig(
    @OrDefault int flashMinutes,
    @OrDefault int immediateMinutes,
    @OrDefault int priorityMinutes,
    @OrDefault int routineMinutes) {
  /** All defaults. */
  public static final OpenWithinConfig DEFAULT = new OpenWithinConfig(0, 0, 0, 0);

  public OpenWithinConfig {
    flashMinutes = bounded("open_within.flash_minutes", flashMinutes, 15, 1, 43_200);
    immediateMinutes = bounded("open_within.immediate_minutes", immediateMinutes, 480, 1, 43_200);
    priorityMinutes = bounded("open_within.priority_minutes", priorityMinutes, 1_440, 1, 43_200);
    routineMinutes = bounded("open_within.routine_minutes", routineMinutes, 10_080, 1, 43_200);
  }
}
