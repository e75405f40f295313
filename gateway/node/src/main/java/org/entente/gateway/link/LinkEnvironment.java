package org.entente.gateway.link;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** The services shared by all links of a gateway. */
record LinkEnvironment(
    PeerName self,
    LinkPorts ports,
    LinkSettings settings,
    Timers timers,
    Executor workers,
    InstantSource clock,
    RandomGenerator random) {

  /** {@link Timers#nanos}. */
  long nanos() {
    return timers.nanos();
  }

  /** Whether this time has passed since {@link #nanos} was {@code thenNanos}. */
  boolean hasPassed(Duration time, long thenNanos) {
    return nanos() - thenNanos >= time.toNanos();
  }

  /** Runs a task on an executor after a delay, unless the timers have been shut down. */
  void after(Duration delay, Executor executor, Runnable task) {
    timers.after(delay, () -> executor.execute(task));
  }
}
