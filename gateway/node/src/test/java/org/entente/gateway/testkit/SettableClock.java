package org.entente.gateway.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves when told to, backwards too. Read by many threads, moved by one. */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread moves it
public final class SettableClock implements InstantSource {
  private volatile Instant now;
  private volatile long nanos;

  /** Stands at a time. */
  public SettableClock(Instant now) {
    this.now = now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Time passes. */
  public void move(Duration by) {
    now = now.plus(by);
    nanos = nanos + by.toNanos();
  }

  /** Somebody sets the clock, forward or back, in no time. */
  public void leap(Duration by) {
    now = now.plus(by);
  }

  /** How much time has passed, whatever the clock says. */
  public long nanos() {
    return nanos;
  }

  /** Sets it to a time. */
  public void set(Instant time) {
    now = time;
  }
}
