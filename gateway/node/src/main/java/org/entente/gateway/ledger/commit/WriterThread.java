package org.entente.gateway.ledger.commit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The writer on a thread of its own, which ends when {@link #close} is called. */
public final class WriterThread implements WriterExecutor {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "ledger-writer"));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "ledger-timer"));

  @Override
  public void execute(Runnable task) {
    thread.execute(task);
  }

  @Override
  public boolean callerMayWrite() {
    return true;
  }

  @Override
  public <T> T await(CompletableFuture<T> future) {
    return future.join();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void after(Duration delay, Runnable task) {
    try {
      var unused = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile: waiting changes have been committed.
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    thread.shutdown();
  }
}
