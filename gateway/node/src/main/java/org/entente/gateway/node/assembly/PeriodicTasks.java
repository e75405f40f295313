package org.entente.gateway.node.assembly;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's periodic tasks. A task that fails is logged and tried again at its next time; none runs
 * twice at once. Tasks begin at common times, so that an idle node wakes a thread once for all that
 * are due. Safe for many threads.
 */
final class PeriodicTasks implements GatewayCore.Schedule {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTasks.class);

  /** Tasks with this period or a longer one begin at multiples of it. */
  private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Beats among which tasks of a long period are divided. */
  private static final long MOST_PHASES = 10;

  private final ScheduledExecutorService timers;
  private final List<Runnable> all = new CopyOnWriteArrayList<>();

  /**
   * Tasks of a node.
   *
   * @param timers drop delayed tasks when they are shut down
   */
  PeriodicTasks(ScheduledExecutorService timers) {
    this.timers = timers;
  }

  @Override
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
    long nanos = period.toNanos();
    again(round, nanos, nanos + phase(all.size(), nanos));
    all.add(round);
  }

  private void again(Runnable round, long period, long wait) {
    Runnable turn =
        () -> {
          round.run();
          again(round, period, period);
        };
    try {
      var unused = timers.schedule(turn, delay(System.nanoTime(), wait), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The node is stopping.
    }
  }

  /**
   * How much later a task begins the first time than its period: the tasks of a period take turns,
   * so that not all of them delay messages at once.
   */
  static long phase(int before, long period) {
    return BEAT_NANOS * (before % Math.max(1, Math.min(MOST_PHASES, period / BEAT_NANOS)));
  }

  /** The time until a task begins again: its period, to the nearest beat. */
  static long delay(long now, long period) {
    long away = Math.floorMod(now + period, BEAT_NANOS);
    return period < BEAT_NANOS ? period : period - away + (away < BEAT_NANOS / 2 ? 0 : BEAT_NANOS);
  }

  /** Runs each task once, in the order of registration, and returns when all are done. */
  void doAll() {
    all.forEach(Runnable::run);
  }
}
