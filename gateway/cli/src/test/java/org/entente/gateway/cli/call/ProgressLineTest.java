package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How far long work is. */
class ProgressLineTest {
  private final StringWriter err = new StringWriter();
  private final AtomicLong nanos = new AtomicLong(7);

  private ProgressLine line(String unit, String units, boolean drawn) {
    return new ProgressLine(
        new PrintWriter(err, true), "verifying", unit, units, drawn, nanos::get);
  }

  @Test
  void countedWork_showsItsNumber_itsShareAndItsTime() {
    try (ProgressLine line = line("leaf", "leaves", false)) {
      line.at(1);
      assertEquals("verifying  1 leaf  0:00", line.line());
      nanos.addAndGet(Duration.ofSeconds(72).toNanos());
      line.at(50, 200);
      assertEquals("verifying  50 leaves  [=====               ] 25 %  1:12", line.line());
      line.at(200, 200);
      assertEquals("verifying  200 leaves  [====================] 100 %  1:12", line.line());
    }
  }

  @Test
  void workThatIsNotCounted_showsItsTime() {
    try (ProgressLine line = line("", "", false)) {
      nanos.addAndGet(Duration.ofSeconds(5).toNanos());
      assertEquals("verifying  0:05", line.line());
      nanos.addAndGet(Duration.ofMillis(260).toNanos());
      assertEquals("in 5.3 s", line.time());
    }
  }

  @Test
  void line_isDrawnInItsPlace_andRemovedAtTheEnd() {
    try (ProgressLine line = line("leaf", "leaves", true)) {
      line.at(3);
      line.draw();
      assertTrue(err.toString().contains("\r\u001b[Kverifying  3 leaves  0:00"), err::toString);
    }
    assertTrue(err.toString().endsWith("\r\u001b[K"), err::toString);
  }

  @Test
  void outputThatIsNoTerminal_staysEmpty() {
    try (ProgressLine line = line("leaf", "leaves", false)) {
      line.at(3);
    }
    assertEquals("", err.toString());
  }
}
