package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootClockTest {
  private static final long MILLI = 1_000_000;

  @TempDir private Path dir;
  private long awake = -5 * MILLI;

  private void boot(String seconds) throws IOException {
    Files.writeString(dir.resolve("uptime"), seconds + " 234388.90\n");
  }

  @Test
  void clock_isExactWhileAwake_countsSleep_andNeverGoesBack() throws IOException {
    boot("350735.47");
    BootClock clock = new BootClock(dir.resolve("uptime"), () -> awake);
    long start = 350_735_470 * MILLI;
    assertEquals(start, clock.getAsLong());

    awake += 7 * MILLI;
    assertEquals(start + 7 * MILLI, clock.getAsLong(), "between two steps of the file");

    boot("350795.47");
    awake += MILLI;
    assertEquals(start + 60_000 * MILLI, clock.getAsLong(), "a minute of sleep");

    boot("350795.46");
    awake += MILLI;
    assertEquals(start + 60_001 * MILLI, clock.getAsLong());
  }

  /** A leader that cannot tell its time could not end its calls when another one leads. */
  @Test
  void clock_onAMachineWithoutFreeFileDescriptors_goesOn() throws IOException {
    boot("350735.47");
    BootClock clock = new BootClock(dir.resolve("uptime"), () -> awake);
    Files.delete(dir.resolve("uptime"));
    awake += MILLI;
    assertEquals(350_735_470 * MILLI, clock.getAsLong(), "it need not be opened again");
  }

  @Test
  void clock_withoutTheFile_isTheOther() {
    assertEquals(awake, new BootClock(dir.resolve("none"), () -> awake).getAsLong());
  }

  @Test
  void clockOfThisMachine_doesNotLagBehindItsOtherClock() {
    BootClock clock = new BootClock();
    long before = clock.getAsLong();
    long nanos = System.nanoTime();
    while (System.nanoTime() - nanos < BootClock.ERROR.toNanos()) {
      Thread.onSpinWait();
    }
    long least = System.nanoTime() - nanos;
    long passed = clock.getAsLong() - before;

    assertTrue(passed >= least, "passed " + Duration.ofNanos(passed));
  }
}
