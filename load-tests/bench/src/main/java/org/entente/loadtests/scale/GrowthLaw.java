package org.entente.loadtests.scale;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;

/**
 * Law of growth of a quantity with the number of agencies n, fitted to measured points.
 *
 * <p>Design. All fits use least squares of the logarithms, so that a point counts by its relative
 * deviation and not by its size. {@code exponent} is that of the free power law {@code c ·
 * n^exponent}. The form is the one of {@link GrowthForm} whose best factor leaves the least
 * residual. A quantity with a constant part, such as the signatures of a trust bundle, follows none
 * of them. For it there is the straight line through the points ({@code base + each · n}, least
 * squares of relative differences), which gives the cost of one more agency.
 *
 * @param form the simple form that fits best
 * @param factor by which the form is multiplied
 * @param residual root of the mean square of the logarithms' differences from the form: 0.05 is
 *     about 5 hundredths off
 * @param exponent of the free power law
 * @param powerResidual the same residual for the power law
 * @param base of the straight line
 * @param each rise of the straight line for one more agency
 * @param lineResidual root of the mean square of the relative differences from the line
 */
record GrowthLaw(
    GrowthForm form,
    double factor,
    double residual,
    double exponent,
    double powerResidual,
    double base,
    double each,
    double lineResidual) {

  /** Three points leave a power law one degree of freedom. */
  static final int LEAST_POINTS = 3;

  /**
   * Fits a law.
   *
   * @param points values above 0 by number of agencies, at least {@link #LEAST_POINTS}
   * @throws IllegalArgumentException if there are fewer, or values that are not above 0
   */
  static GrowthLaw fit(SortedMap<Integer, Double> points) {
    if (points.size() < LEAST_POINTS || points.values().stream().anyMatch(value -> !(value > 0))) {
      throw new IllegalArgumentException("no law can be fitted to " + points);
    }
    GrowthForm best =
        Arrays.stream(GrowthForm.values())
            .min(Comparator.comparingDouble(form -> residual(form, points)))
            .orElseThrow();
    double[] power = power(points);
    double[] line = line(points);
    return new GrowthLaw(
        best,
        factor(best, points),
        residual(best, points),
        power[0],
        power[1],
        line[0],
        line[1],
        line[2]);
  }

  /** The factor with the least residual: the geometric mean of the quotients. */
  private static double factor(GrowthForm form, Map<Integer, Double> points) {
    return Math.exp(
        points.entrySet().stream()
            .mapToDouble(point -> Math.log(point.getValue() / form.at(point.getKey())))
            .average()
            .orElseThrow());
  }

  private static double residual(GrowthForm form, Map<Integer, Double> points) {
    double factor = factor(form, points);
    return rootMeanSquare(
        points.entrySet().stream()
            .mapToDouble(point -> Math.log(point.getValue() / (factor * form.at(point.getKey()))))
            .toArray());
  }

  /** Exponent and residual of the line through the logarithms. */
  private static double[] power(Map<Integer, Double> points) {
    double[] x = points.keySet().stream().mapToDouble(Math::log).toArray();
    double[] y = points.values().stream().mapToDouble(Math::log).toArray();
    double[] ones = new double[x.length];
    Arrays.fill(ones, 1);
    double[] line = leastSquares(x, y, ones);
    double[] off = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      off[i] = y[i] - line[0] - line[1] * x[i];
    }
    return new double[] {line[1], rootMeanSquare(off)};
  }

  /** Base, rise and residual of the line whose relative differences are least. */
  private static double[] line(Map<Integer, Double> points) {
    double[] x = points.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
    double[] y = points.values().stream().mapToDouble(Double::doubleValue).toArray();
    double[] weights = Arrays.stream(y).map(value -> 1 / (value * value)).toArray();
    double[] line = leastSquares(x, y, weights);
    double[] off = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      off[i] = (line[0] + line[1] * x[i]) / y[i] - 1;
    }
    return new double[] {line[0], line[1], rootMeanSquare(off)};
  }

  /** Intercept and slope of the line with the least weighted squares. */
  private static double[] leastSquares(double[] x, double[] y, double[] weights) {
    double sum = Arrays.stream(weights).sum();
    double meanX = dot(weights, x) / sum;
    double meanY = dot(weights, y) / sum;
    double above = 0;
    double below = 0;
    for (int i = 0; i < x.length; i++) {
      above += weights[i] * (x[i] - meanX) * (y[i] - meanY);
      below += weights[i] * (x[i] - meanX) * (x[i] - meanX);
    }
    double slope = above / below;
    return new double[] {meanY - slope * meanX, slope};
  }

  private static double dot(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  private static double rootMeanSquare(double[] values) {
    return Math.sqrt(dot(values, values) / values.length);
  }
}
