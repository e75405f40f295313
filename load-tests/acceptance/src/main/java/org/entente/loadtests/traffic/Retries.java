package org.entente.loadtests.traffic;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Schedules retries a moment later, until its timer is shut down. */
record Retries(ScheduledExecutorService timer) {
  private static final long MILLIS = 150;

  void later(Runnable again) {
    try {
      Future<?> unused = timer.schedule(again, MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      if (!timer.isShutdown()) {
        throw e;
      }
    }
  }
}
