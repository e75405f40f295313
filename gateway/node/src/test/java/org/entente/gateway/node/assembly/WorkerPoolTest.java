package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
  private static final int MOST = 8;
  private static final int TASKS = 10_000;

  private final AtomicInteger threads = new AtomicInteger();

  @AutoClose("shutdownNow")
  private final ExecutorService pool = WorkerPool.ofAtMost(MOST, this::thread);

  private Thread thread(Runnable task) {
    threads.incrementAndGet();
    return new Thread(task, "test");
  }

  @Test
  void blockedTasksBeyondTheBound_waitAndAllRun() throws InterruptedException {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(TASKS);
    for (int i = 0; i < TASKS; i++) {
      pool.execute(
          () -> {
            awaitQuietly(blocked);
            done.countDown();
          });
    }
    assertEquals(MOST, threads.get());

    blocked.countDown();

    assertTrue(done.await(60, TimeUnit.SECONDS));
    assertEquals(MOST, threads.get());
  }

  @Test
  void taskAfterTheShutdown_isRejected() {
    pool.shutdown();
    assertThrows(RejectedExecutionException.class, () -> pool.execute(() -> {}));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
