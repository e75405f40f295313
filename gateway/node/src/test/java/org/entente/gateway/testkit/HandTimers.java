package org.entente.gateway.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.link.Timers;

/** Timers that a test moves; time stands until then. Safe for many threads. */
public final class HandTimers implements Timers {
  private record Later(long at, Runnable task) {}

  private final List<Later> tasks = new ArrayList<>();
  private long now;

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    tasks.add(new Later(now + delay.toNanos(), task));
  }

  /** How many tasks wait. */
  public synchronized int waiting() {
    return tasks.size();
  }

  /** Moves time, and runs what is due then. */
  public void pass(Duration time) {
    List<Later> due;
    synchronized (this) {
      now += time.toNanos();
      due = tasks.stream().filter(later -> later.at() <= now).toList();
      tasks.removeAll(due);
    }
    due.forEach(later -> later.task().run());
  }
}
