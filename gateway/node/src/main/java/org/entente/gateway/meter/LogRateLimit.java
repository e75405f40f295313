package org.entente.gateway.meter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits log lines to one per subject and interval, and counts the suppressed ones, so that
 * outsiders cannot fill the log. Subjects come from a bounded set, like metric labels. Safe for
 * many threads.
 */
public final class LogRateLimit {
  private final InstantSource clock;
  private final Duration apart;
  private final Map<String, Last> lines = new HashMap<>();

  private record Last(Instant at, long since) {}

  /** Allows one line per subject in this interval. */
  public LogRateLimit(InstantSource clock, Duration apart) {
    this.clock = clock;
    this.apart = apart;
  }

  /**
   * The line for an event, with the number suppressed since the last line; empty if this event is
   * suppressed.
   */
  public synchronized Optional<String> line(String subject, String text) {
    Instant now = clock.instant();
    Last last = lines.get(subject);
    if (last != null && !now.isBefore(last.at()) && now.isBefore(last.at().plus(apart))) {
      lines.put(subject, new Last(last.at(), last.since() + 1));
      return Optional.empty();
    }
    lines.put(subject, new Last(now, 0));
    return Optional.of(
        last == null || last.since() == 0
            ? text
            : text + "; " + last.since() + " more since the last such line");
  }
}
