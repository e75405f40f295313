package org.entente.gateway.link;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Delayed tasks and a monotonic clock. Thread-safe. */
public interface Timers {
  /**
   * Nanoseconds of a monotonic clock, for durations only. Setting the wall clock must not make a
   * stream seem to stall or to answer.
   */
  long nanos();

  /**
   * Runs a short task once the time has passed, unless the timers have been shut down by then.
   *
   * @param delay counted from now, not negative
   */
  void after(Duration delay, Runnable task);

  /** Timers of the JDK. */
  static Timers of(ScheduledExecutorService timers) {
    return new Timers() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void after(Duration delay, Runnable task) {
        try {
          var unused = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
          // The gateway is stopping, so the task is dropped.
        }
      }
    };
  }
}
