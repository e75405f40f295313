package org.entente.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AllocatedBytesTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCKS = 64;

  private final AllocatedBytes allocated = new AllocatedBytes();

  private double total() {
    return allocated.collect().get(0).samples.get(0).value;
  }

  @Test
  void collect_countsWhatAnotherThreadAllocates_andKeepsItAfterItsEnd()
      throws InterruptedException {
    double before = total();
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    long[] kept = new long[1];
    Thread other =
        new Thread(
            () -> {
              for (int i = 0; i < BLOCKS; i++) {
                kept[0] += new byte[MIB].length;
              }
              done.countDown();
              awaitQuietly(seen);
            });
    other.start();
    done.await();
    double during = total();
    seen.countDown();
    other.join();
    double after = total();

    assertEquals(BLOCKS * MIB, kept[0]);
    assertTrue(during - before >= BLOCKS * MIB, during - before + " bytes");
    assertTrue(after >= during, after + " after " + during);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
