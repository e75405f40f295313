package org.entente.gateway.ledger;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The writer on a thread of its own. */
final class OwnThread implements WriterTurns {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "ledger-writer"));

  @Override
  public void execute(Runnable task) {
    thread.execute(task);
  }

  @Override
  public <T> T await(CompletableFuture<T> future) {
    return future.join();
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
