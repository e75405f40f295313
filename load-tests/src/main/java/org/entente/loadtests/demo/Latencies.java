package org.entente.loadtests.demo;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.entente.loadtests.traffic.Timing;

/**
 * Publish call to subscriber's receipt, in milliseconds; 0 where nothing was measured.
 *
 * @param p50 median of the messages that the outage did not touch
 * @param p99 of the same
 * @param outageMax greatest of those that it did touch
 * @param outageCount how many those are
 */
record Latencies(double p50, double p99, double outageMax, long outageCount) {
  private static final int DIGITS = 3;
  private static final double MICROS_A_MILLI = 1_000;

  static Latencies of(List<Timing> timings, Outage outage) {
    Histogram calm = new Histogram(DIGITS);
    Histogram disturbed = new Histogram(DIGITS);
    for (Timing timing : timings) {
      long micros = TimeUnit.NANOSECONDS.toMicros(timing.end() - timing.start());
      (outage.touches(timing) ? disturbed : calm).recordValue(Math.max(0, micros));
    }
    return new Latencies(
        calm.getValueAtPercentile(50) / MICROS_A_MILLI,
        calm.getValueAtPercentile(99) / MICROS_A_MILLI,
        disturbed.getMaxValue() / MICROS_A_MILLI,
        disturbed.getTotalCount());
  }
}
