package org.entente.gateway.meter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Lets one log line about each subject through in a time, and counts the events without one, so
 * that nobody outside can fill the log. Subjects come from a bounded set, as labels of metrics do.
 * Safe for many threads.
 */
public final class LogRateLimit {
  private final InstantSource clock;
  private final Duration apart;
  private final Map<String, Last> lines = new HashMap<>();

  private record Last(Instant at, long since) {}

  /** One line about each subject in this time. */
  public LogRateLimit(InstantSource clock, Duration apart) {
    this.clock = clock;
    this.apart = apart;
  }

  /**
   * The line about an event, which says how many had none since the last; empty if this event has
   * none.
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
            : text + "; " + last.since() + " more since the last line about it");
  }
}
