package org.entente.gateway.ledger.commit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Runs the ledger's writer: on its own thread in a node, in virtual time in a simulation. Runs one
 * task at a time, in order.
 */
public interface WriterExecutor extends Executor {
  /**
   * Waits for a future that the writer completes. Never called by a writer task.
   *
   * @return the result of the future
   * @throws java.util.concurrent.CompletionException as {@link CompletableFuture#join} does
   */
  <T> T await(CompletableFuture<T> future);

  /** Nanoseconds of the monotonic clock of its delays, for durations only. */
  long nanos();

  /** Runs a short task, outside the writer's turns, after a delay. */
  void after(Duration delay, Runnable task);

  /**
   * Whether the thread that brings a change may write it itself while no task runs. It then waits
   * for the disk.
   */
  default boolean callerMayWrite() {
    return false;
  }

  /** Accepts no more tasks; those given before still run. */
  void close();
}
