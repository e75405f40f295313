package org.entente.gateway.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts: doubling from the shortest to the longest, each shortened at random by
 * up to half, so that peers that lost their connections together do not all return together. Not
 * thread-safe.
 */
public final class Backoff {
  /** Shortest and longest pause. */
  public record Bounds(Duration shortest, Duration longest) {
    public Bounds {
      if (shortest.isNegative() || shortest.isZero() || longest.compareTo(shortest) < 0) {
        throw new IllegalArgumentException("0 < shortest <= longest");
      }
    }
  }

  private final Bounds bounds;
  private final RandomGenerator random;
  private Duration pause;

  /** Begins with the shortest pause. */
  public Backoff(Bounds bounds, RandomGenerator random) {
    this.bounds = bounds;
    this.random = random;
    this.pause = bounds.shortest();
  }

  /** How long to wait before the next attempt. */
  public Duration next() {
    Duration full = pause;
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(bounds.longest()) < 0 ? doubled : bounds.longest();
    return Duration.ofNanos((long) (full.toNanos() * (0.5 + random.nextDouble() / 2)));
  }

  /** Resets to the shortest pause after a connection has held. */
  public void reset() {
    pause = bounds.shortest();
  }
}
