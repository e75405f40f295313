package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PeriodicTasksTest {
  @AutoClose("shutdownNow")
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();

  private final PeriodicTasks tasks = new PeriodicTasks(timers);

  @Test
  void task_thatFails_withAnExceptionOrAnError_runsAgainAtItsNextTime() throws Exception {
    AtomicInteger rounds = new AtomicInteger();
    CountDownLatch third = new CountDownLatch(3);
    tasks.every(
        Duration.ofMillis(1),
        "fails",
        () -> {
          third.countDown();
          switch (rounds.incrementAndGet()) {
            case 1 -> throw new IllegalStateException("expected by the test");
            case 2 -> throw new StackOverflowError("expected by the test");
            default -> {}
          }
        });
    assertTrue(third.await(30, TimeUnit.SECONDS));
  }

  @Test
  void task_thatFails_keepsNoOtherFromARound_andEndOfMemoryEndsIt() {
    AtomicInteger others = new AtomicInteger();
    tasks.every(
        Duration.ofDays(1),
        "fails",
        () -> {
          throw new AssertionError("expected by the test");
        });
    tasks.every(Duration.ofDays(1), "goes on", others::incrementAndGet);
    tasks.doAll();
    assertEquals(1, others.get());
    tasks.every(
        Duration.ofDays(1),
        "out of memory",
        () -> {
          throw new OutOfMemoryError("expected by the test");
        });
    assertThrows(OutOfMemoryError.class, tasks::doAll);
  }

  /** One record that cannot be read must not stop keys from being destroyed. */
  @Test
  void stepsOfATask_areAllRunInTheirOrder_whicheverFails() {
    List<String> run = new ArrayList<>();
    IllegalStateException expected = new IllegalStateException("expected by the test");
    Runnable fails =
        () -> {
          run.add("fails");
          throw expected;
        };
    IllegalArgumentException earlier = new IllegalArgumentException("expected earlier");
    Runnable failsEarlier =
        () -> {
          throw earlier;
        };
    assertSame(
        expected,
        assertThrows(
            IllegalStateException.class,
            () ->
                GatewayCore.runEach(
                    List.of(() -> run.add("first"), failsEarlier, fails, () -> run.add("last"))
                        .iterator())));
    assertEquals(List.of("first", "fails", "last"), run);
    assertEquals(List.of(earlier), List.of(expected.getSuppressed()), "each is in the log");
  }

  @Test
  void tasksOfDifferentPeriods_beginAtCommonTimes() {
    long beat = Duration.ofMillis(100).toNanos();
    long second = Duration.ofSeconds(1).toNanos();
    long late = Duration.ofMillis(3).toNanos();
    assertEquals(beat - late, PeriodicTasks.delay(7 * beat + late, beat));
    assertEquals(second - late, PeriodicTasks.delay(7 * beat + late, second));
    assertEquals(second + late, PeriodicTasks.delay(7 * beat - late, second));
    assertEquals(second - late, PeriodicTasks.delay(-7 * beat + late, second));
    assertEquals(late, PeriodicTasks.delay(7 * beat + late, late));
  }

  @Test
  void tasksOfOnePeriod_takeTurns_withinIt() {
    long beat = Duration.ofMillis(100).toNanos();
    assertEquals(3 * beat, PeriodicTasks.phase(13, Duration.ofSeconds(1).toNanos()));
    assertEquals(3 * beat, PeriodicTasks.phase(13, Duration.ofHours(12).toNanos()));
    assertEquals(beat, PeriodicTasks.phase(13, Duration.ofMillis(250).toNanos()));
    assertEquals(0, PeriodicTasks.phase(13, beat));
    assertEquals(0, PeriodicTasks.phase(13, 1));
  }
}
