package org.entente.gateway.node.assembly;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's periodic tasks. A task that fails is logged and tried again at its next time; none runs
 * twice at once. Safe for many threads.
 */
final class PeriodicTasks implements GatewayCore.Schedule {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTasks.class);

  private final ScheduledExecutorService timers;
  private final List<Runnable> all = new CopyOnWriteArrayList<>();

  PeriodicTasks(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor
  public void every(Duration period, String what, Chore chore) {
    Object one = new Object();
    Runnable round =
        () -> {
          synchronized (one) {
            try {
              chore.run();
            } catch (OutOfMemoryError e) {
              throw e; // ends the process
            } catch (Throwable e) {
              // The edge of the timer thread: later rounds must still run, also after an Error such
              // as a stack overflow, with which the executor would drop the task unsaid.
              LOG.warn("periodic task \"{}\" failed; it runs again in {}", what, period, e);
            }
          }
        };
    all.add(round);
    timers.scheduleWithFixedDelay(
        round, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Runs each task once, in the order of registration, and returns when all are done. */
  void doAll() {
    all.forEach(Runnable::run);
  }
}
