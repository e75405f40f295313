package org.entente.gateway.ledger.commit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Gives the ledger's one writer its turns: a thread of its own in a node, virtual time in a
 * simulation. Runs one task at a time, in their order.
 */
public interface WriterExecutor extends Executor {
  /**
   * Waits for what the writer has to do. Never called by a task of the writer itself.
   *
   * @return what the future was completed with
   * @throws java.util.concurrent.CompletionException as {@link CompletableFuture#join} does
   */
  <T> T await(CompletableFuture<T> future);

  /** Runs a short task, which is none of the writer's, once the time has passed. */
  void after(Duration delay, Runnable task);

  /** No more turns; tasks that were given before still run. */
  void close();
}
