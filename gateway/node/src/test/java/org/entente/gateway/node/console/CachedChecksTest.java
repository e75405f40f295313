package org.entente.gateway.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.node.doctor.DoctorReport;
import org.junit.jupiter.api.Test;

class CachedChecksTest {
  private final AtomicLong nanos = new AtomicLong();

  private static DoctorReport report() {
    return new DoctorReport(List.of());
  }

  @Test
  void report_isMadeAgainAfterTenSeconds() {
    AtomicInteger made = new AtomicInteger();
    CachedChecks checks =
        new CachedChecks(
            () -> {
              made.incrementAndGet();
              return report();
            },
            nanos::get);
    DoctorReport first = checks.get().orElseThrow();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
    assertSame(first, checks.get().orElseThrow());
    nanos.incrementAndGet();
    assertNotSame(first, checks.get().orElseThrow());
    assertEquals(2, made.get());
  }

  /** Attack, or a dead name server: one page waits for it, and the others are shown. */
  @Test
  void checksThatHang_holdUpOnePageAlone() throws Exception {
    hangAt(2);
  }

  /** As after a start, when there is no report to show meanwhile. */
  @Test
  void firstChecksThatHang_holdUpOnePageAlone() throws Exception {
    hangAt(1);
  }

  private void hangAt(int hanging) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger made = new AtomicInteger();
    CachedChecks checks =
        new CachedChecks(
            () -> {
              if (made.incrementAndGet() == hanging) {
                begun.countDown();
                awaitQuietly(goOn);
              }
              return report();
            },
            nanos::get);
    Optional<DoctorReport> before = hanging == 1 ? Optional.empty() : checks.get();
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());
    CompletableFuture<Optional<DoctorReport>> slow = CompletableFuture.supplyAsync(checks::get);
    begun.await();
    assertEquals(before, checks.get(), "the last report meanwhile, if there is one");
    goOn.countDown();
    assertSame(slow.join().orElseThrow(), checks.get().orElseThrow());
    assertEquals(hanging, made.get());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
