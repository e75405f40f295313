package org.entente.loadtests.bench;

import java.util.List;
import org.entente.loadtests.measure.Percentile;

/**
 * A distribution of latencies, all repeats together.
 *
 * @param scenario under which load, in words
 * @param subject of what
 * @param points rising
 */
record Curve(String scenario, Subject subject, List<Percentile> points) {
  Curve {
    points = List.copyOf(points);
  }
}
