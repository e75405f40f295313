package org.entente.gateway.link;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** What all links of a gateway share. */
record LinkEnvironment(
    PeerName self,
    LinkPorts ports,
    LinkSettings settings,
    ScheduledExecutorService timers,
    Executor workers,
    InstantSource clock,
    RandomGenerator random) {

  /** Runs a task on an executor after a time; not at all once the timers have been shut down. */
  void after(Duration delay, Executor executor, Runnable task) {
    try {
      var unused =
          timers.schedule(() -> executor.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The gateway is stopping: what would have been tried again will not be.
    }
  }
}
