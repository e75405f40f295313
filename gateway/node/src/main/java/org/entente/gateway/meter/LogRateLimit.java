package org.entente.gateway.meter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits log lines per subject and interval, and counts the suppressed ones, so that outsiders
 * cannot fill the log. Subjects come from a bounded set, like metric labels. Safe for many threads.
 */
public final class LogRateLimit {
  private final InstantSource clock;
  private final Duration apart;
  private final int most;
  private final Map<String, Last> lines = new HashMap<>();

  private record Last(Instant at, int lines, long since) {}

  /** Allows one line per subject in this interval. */
  public LogRateLimit(InstantSource clock, Duration apart) {
    this(clock, apart, 1);
  }

  /** Allows this number of lines for each subject in an interval. */
  public LogRateLimit(InstantSource clock, Duration apart, int most) {
    this.clock = clock;
    this.apart = apart;
    this.most = most;
  }

  /**
   * The line for an event, with the number suppressed since the last line; empty if this event is
   * suppressed.
   */
  public Optional<String> line(String subject, String text) {
    return line(subject, text, /* further= */ false);
  }

  /**
   * The same.
   *
   * @param further whether the event has a line even beyond the number of an interval
   */
  public synchronized Optional<String> line(String subject, String text, boolean further) {
    Instant now = clock.instant();
    Last last = lines.getOrDefault(subject, new Last(now, 0, 0));
    boolean within = !now.isBefore(last.at()) && now.isBefore(last.at().plus(apart));
    if (within && last.lines() >= most && !further) {
      lines.put(subject, new Last(last.at(), last.lines(), last.since() + 1));
      return Optional.empty();
    }
    lines.put(subject, within ? new Last(last.at(), last.lines() + 1, 0) : new Last(now, 1, 0));
    return Optional.of(
        last.since() == 0 ? text : text + "; " + last.since() + " more since the last such line");
  }
}
