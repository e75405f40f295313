package org.entente.gateway.link;

import io.grpc.Context;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Runs tasks one at a time, in order, on workers shared with other executors; after some tasks it
 * yields to the others. A task that throws is reported and the next one runs. Tasks are dropped
 * once the workers have been shut down. Thread-safe.
 */
final class SerialExecutor implements Executor {
  private static final int TASKS_A_TURN = 64;

  private final Executor workers;
  private final Consumer<RuntimeException> onFailure;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean scheduled;

  SerialExecutor(Executor workers, Consumer<RuntimeException> onFailure) {
    this.workers = workers;
    this.onFailure = onFailure;
  }

  @Override
  public void execute(Runnable task) {
    if (isFirst(task)) {
      schedule();
    }
  }

  /**
   * Runs a task as {@link #execute} does, but on this thread if no task runs or waits: a hand-over
   * to another worker would only take time. For workers that hold no lock. Tasks see no gRPC
   * context, as a call that they make must not end with the call that this thread serves.
   */
  void executeHere(Runnable task) {
    if (isFirst(task)) {
      Context.ROOT.run(this::takeTurn);
    }
  }

  /** The same, but leaves tasks that come meanwhile to the workers. */
  void executeOneHere(Runnable task) {
    if (isFirst(task)) {
      Context.ROOT.run(() -> takeTurn(1));
    }
  }

  /** Adds a task; returns whether the caller has to begin a turn. */
  private boolean isFirst(Runnable task) {
    synchronized (waiting) {
      waiting.add(task);
      boolean first = !scheduled;
      scheduled = true;
      return first;
    }
  }

  private void schedule() {
    try {
      workers.execute(this::takeTurn);
    } catch (RejectedExecutionException e) {
      synchronized (waiting) {
        waiting.clear();
        scheduled = false;
      }
    }
  }

  private void takeTurn() {
    takeTurn(TASKS_A_TURN);
  }

  private void takeTurn(int tasks) {
    for (int i = 0; i < tasks; i++) {
      Runnable task;
      synchronized (waiting) {
        task = waiting.poll();
        if (task == null) {
          scheduled = false;
          return;
        }
      }
      boolean ended = false;
      try {
        run(task);
        ended = true;
      } finally {
        if (!ended) {
          // An error that only the machine can cause: the tasks behind it run in another turn.
          schedule();
        }
      }
    }
    if (isMoreWaiting()) {
      schedule();
    }
  }

  private boolean isMoreWaiting() {
    synchronized (waiting) {
      scheduled = !waiting.isEmpty();
      return scheduled;
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      onFailure.accept(e);
    } catch (StackOverflowError e) {
      onFailure.accept(new IllegalStateException("a message is nested too deeply", e));
    }
  }
}
