package org.entente.loadtests.bench;

import java.util.List;
import org.entente.loadtests.measure.Percentile;

/**
 * A distribution of latencies over all repeats.
 *
 * @param scenario the load, in words
 * @param subject the measured system
 * @param points the points, rising
 */
record Curve(String scenario, Subject subject, List<Percentile> points) {
  Curve {
    points = List.copyOf(points);
  }
}
