package org.entente.gateway.seal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves when told to, backwards too. */
final class SettableClock implements InstantSource {
  private volatile Instant now = Samples.NOW;

  @Override
  public Instant instant() {
    return now;
  }

  void move(Duration by) {
    now = now.plus(by);
  }
}
