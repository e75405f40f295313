package org.entente.loadtests.measure;

import java.util.List;

/**
 * Values of a repeated measurement.
 *
 * @param min the least
 * @param median the middle value; for an even number the mean of the two middle values
 * @param max the greatest
 * @param values in the order in which they were measured
 */
public record Spread(double min, double median, double max, List<Double> values) {
  /** Keeps a copy of the values. */
  public Spread {
    values = List.copyOf(values);
  }

  /**
   * The spread of some values.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Spread of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    return new Spread(sorted.get(0), median, sorted.get(sorted.size() - 1), values);
  }
}
