package org.entente.loadtests.demo;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.entente.loadtests.traffic.Timing;

/**
 * Latencies from publish call to subscriber's receipt, milliseconds; 0 if not measured.
 *
 * @param steady at a steady rate, with warm gateways
 * @param burst of the burst
 * @param outageMax greatest latency of deliveries that the outage affected
 * @param outageCount number of those deliveries
 */
record Latencies(Percentiles steady, Percentiles burst, double outageMax, long outageCount) {
  private static final int DIGITS = 3;
  private static final double MICROS_A_MILLI = 1_000;

  /** The median, and what 99 of 100 deliveries took at most. */
  record Percentiles(double p50, double p99) {}

  static Latencies of(List<Timing> timings, Phases phases) {
    Histogram steady = new Histogram(DIGITS);
    Histogram burst = new Histogram(DIGITS);
    Histogram touched = new Histogram(DIGITS);
    for (Timing timing : timings) {
      long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(timing.end() - timing.start()));
      if (phases.outage().touches(timing)) {
        touched.recordValue(micros);
      } else if (phases.steady().holds(timing.start())) {
        steady.recordValue(micros);
      } else if (phases.burst().holds(timing.start())) {
        burst.recordValue(micros);
      }
    }
    return new Latencies(
        percentiles(steady),
        percentiles(burst),
        touched.getMaxValue() / MICROS_A_MILLI,
        touched.getTotalCount());
  }

  private static Percentiles percentiles(Histogram histogram) {
    return new Percentiles(
        histogram.getValueAtPercentile(50) / MICROS_A_MILLI,
        histogram.getValueAtPercentile(99) / MICROS_A_MILLI);
  }
}
