package org.entente.gateway;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node does regularly. A chore that fails is logged and tried again at its next time. */
final class Chores {
  private static final Logger LOG = LoggerFactory.getLogger(Chores.class);

  /** A chore, which may fail. */
  interface Chore {
    void run() throws Exception;
  }

  private final ScheduledExecutorService timers;

  Chores(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor
  Chores every(Duration period, String what, Chore chore) {
    timers.scheduleWithFixedDelay(
        () -> {
          try {
            chore.run();
          } catch (Exception e) {
            // The edge of the timer thread: the next round must come.
            LOG.warn("{} failed; tried again in {}", what, period, e);
          }
        },
        period.toMillis(),
        period.toMillis(),
        TimeUnit.MILLISECONDS);
    return this;
  }
}
