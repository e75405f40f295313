package org.entente.gateway.trust.gossip;

import java.time.Duration;
import java.time.Instant;

/** Limit on the number of events in each interval. Not safe for use by many threads. */
final class RateLimit {
  private final int most;
  private final Duration stretch;
  private Instant since = Instant.MIN;
  private int spent;

  RateLimit(int most, Duration stretch) {
    this.most = most;
    this.stretch = stretch;
  }

  /** Whether one more is allowed; a clock that was set back begins a new interval. */
  boolean isLeft(Instant now) {
    if (!now.isBefore(since) && Duration.between(since, now).compareTo(stretch) < 0) {
      return spent < most;
    }
    since = now;
    spent = 0;
    return true;
  }

  void spend() {
    spent++;
  }
}
