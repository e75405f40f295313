package org.entente.gateway.node.assembly;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Creates bounded thread pools. A task goes to an idle thread, else to a new one, and at the bound
 * it waits. A thread that is idle for a minute ends.
 *
 * <p>The queue is not bounded here. Each stream, call and worker has at most one task in a pool,
 * and those are bounded.
 */
final class WorkerPool {
  private static final long IDLE_SECONDS = 60;

  private WorkerPool() {}

  /** A pool of at most {@code threads} threads; after a shutdown it rejects tasks. */
  static ExecutorService ofAtMost(int threads, ThreadFactory factory) {
    IdleFirstQueue waiting = new IdleFirstQueue();
    return new ThreadPoolExecutor(
        0,
        threads,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        waiting,
        factory,
        (task, pool) -> {
          if (pool.isShutdown()) {
            throw new RejectedExecutionException("the pool is shut down");
          }
          waiting.put(task);
        });
  }

  /** Accepts a task at once only if a thread is idle; otherwise the pool adds a thread. */
  private static final class IdleFirstQueue extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }
  }
}
