package org.entente.loadtests.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** No assertion here depends on how fast the machine is. */
final class MeasureTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration SHORT = Duration.ofMillis(50);

  private final Arrivals arrivals = new Arrivals();

  private void deliver(long first, int count) {
    for (int i = 0; i < count; i++) {
      arrivals.arrived(first + i);
    }
  }

  @Test
  void saturation_throughAWayThatRepeats_hasNoFigure() {
    MessageSender repeating =
        (first, count) -> {
          deliver(first, count);
          arrivals.arrived(first);
        };
    Saturation saturation = new Saturation(repeating, arrivals, 4, 16);
    assertThrows(MeasurementFailure.class, () -> saturation.run(NONE, SHORT));
  }

  @Test
  void saturation_throughAWayThatBreaks_hasNoFigure() {
    MessageSender breaking = (first, count) -> arrivals.failed("broken");
    Saturation saturation = new Saturation(breaking, arrivals, 1, 1);
    MeasurementFailure failed =
        assertThrows(MeasurementFailure.class, () -> saturation.run(NONE, SHORT));
    assertEquals("broken", failed.getMessage());
  }

  @Test
  void saturation_countsAllThatWasSent_inPacks() throws Exception {
    AtomicLong delivered = new AtomicLong();
    MessageSender counting =
        (first, count) -> {
          delivered.addAndGet(count);
          deliver(first, count);
        };
    Saturation saturation = new Saturation(counting, arrivals, 8, 64);
    assertTrue(saturation.run(NONE, SHORT) > 0);
    assertEquals(saturation.sent(), delivered.get());
    assertEquals(0, saturation.sent() % 8);
  }

  /** Sending takes ten times the interval: the wait of those behind is latency. */
  @Test
  void pacing_countsFromTheIntendedMoment_notFromTheRealOne() throws Exception {
    MessageSender slow =
        (first, count) -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
          deliver(first, count);
        };
    Histogram micros = OpenLoadMeasurement.run(slow, arrivals, 1_000, NONE, SHORT);
    assertEquals(50, micros.getTotalCount());
    assertTrue(micros.getMaxValue() >= TimeUnit.MILLISECONDS.toMicros(400));
  }

  @Test
  void pacing_leavesOutWhatGoesBefore() throws Exception {
    Histogram micros = OpenLoadMeasurement.run(this::deliver, arrivals, 1_000, SHORT, SHORT);
    assertEquals(50, micros.getTotalCount());
  }

  @Test
  void pacing_throughAWayThatRepeats_hasNoFigure() {
    MessageSender repeating =
        (first, count) -> {
          deliver(first, count);
          deliver(first, count);
        };
    assertThrows(
        MeasurementFailure.class,
        () -> OpenLoadMeasurement.run(repeating, arrivals, 1_000, NONE, SHORT));
  }

  @Test
  void content_carriesEachNumber_whereItsMessageStarts() {
    byte[] messages = new MeasuredContent(100).of(41, 3);
    for (int i = 0; i < 3; i++) {
      assertEquals(41 + i, MeasuredContent.number(ByteBuffer.wrap(messages).position(100 * i)));
    }
  }

  @Test
  void spread_medianOfEven_isBetweenTheMiddleTwo() {
    Spread spread = Spread.of(List.of(4.0, 1.0, 3.0, 2.0));
    assertEquals(new Spread(1, 2.5, 4, List.of(4.0, 1.0, 3.0, 2.0)), spread);
  }
}
