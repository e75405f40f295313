package org.entente.loadtests.measure;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One point of a distribution of latencies.
 *
 * @param percent of the messages, 0 to 100
 * @param millis took at most this long
 */
public record Percentile(double percent, double millis) {
  private static final List<Double> SHOWN =
      List.of(10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.99);
  private static final double MICROS_A_MILLI = TimeUnit.MILLISECONDS.toMicros(1);

  /** Milliseconds at a percentile of a histogram of microseconds. */
  public static double millis(Histogram micros, double percent) {
    return micros.getValueAtPercentile(percent) / MICROS_A_MILLI;
  }

  /** The distribution, with the points for which there are enough messages. */
  public static List<Percentile> curve(Histogram micros) {
    return SHOWN.stream()
        .filter(percent -> (1 - percent / 100) * micros.getTotalCount() >= 1)
        .map(percent -> new Percentile(percent, millis(micros, percent)))
        .toList();
  }
}
