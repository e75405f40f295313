package org.entente.loadtests.smoke;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.CommandFailure;

/**
 * Counts messages through a chain with a bounded number under way, so that throughput is measured
 * and not the length of queues.
 */
final class Flood {
  private static final int WINDOW = 2_000;
  private static final long QUIET_SECONDS = 30;

  private final Semaphore room = new Semaphore(WINDOW);

  /** A message came out at the end. */
  void arrived() {
    room.release();
  }

  /** Messages a second, from the first sent to the last arrived. */
  double run(int messages, Runnable send) throws InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      take(1);
      send.run();
    }
    take(WINDOW);
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    room.release(WINDOW);
    return messages / seconds;
  }

  private void take(int places) throws InterruptedException {
    if (!room.tryAcquire(places, QUIET_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure(
          WINDOW - room.availablePermits() + " messages did not arrive in " + QUIET_SECONDS + " s");
    }
  }
}
