package org.entente.gateway.link;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs something after a time, and says how much of it has passed. Thread-safe. */
public interface Timers {
  /**
   * A time from which only durations follow; it runs as the timers do. The clock is set now and
   * then, and a stream must not seem to stall, or to answer, because of that.
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
          // The gateway is stopping: what would have been tried again will not be.
        }
      }
    };
  }
}
