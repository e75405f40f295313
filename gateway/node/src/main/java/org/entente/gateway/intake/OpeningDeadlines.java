package org.entente.gateway.intake;

import java.time.Duration;
import org.entente.gateway.model.Lane;
import org.entente.gateway.policy.check.CheckedDraft;

/**
 * The time within which each recipient must open a message, by lane; a draft can set its own.
 *
 * @param flash in lane FLASH
 * @param immediate in lane IMMEDIATE
 * @param priority in lane PRIORITY
 * @param routine in lane ROUTINE
 */
public record OpeningDeadlines(
    Duration flash, Duration immediate, Duration priority, Duration routine) {
  /** No recipient needs to open it. */
  static final Duration NEVER = Duration.ZERO;

  /** The time for a draft. */
  Duration of(CheckedDraft draft) {
    return draft.openWithin().orElseGet(() -> of(Lane.of(draft.label().getLaneValue())));
  }

  private Duration of(Lane lane) {
    return switch (lane) {
      case FLASH -> flash;
      case IMMEDIATE -> immediate;
      case PRIORITY -> priority;
      case ROUTINE -> routine;
    };
  }
}
