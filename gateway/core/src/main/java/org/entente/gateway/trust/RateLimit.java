package org.entente.gateway.trust;

import java.time.Duration;
import java.time.Instant;

/** So many of something in each stretch of time. Not safe for use by many threads. */
final class RateLimit {
  private final int most;
  private final Duration stretch;
  private Instant since = Instant.MIN;
  private int spent;

  RateLimit(int most, Duration stretch) {
    this.most = most;
    this.stretch = stretch;
  }

  /** Whether one more may be spent; a clock that was set back begins a new stretch. */
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
