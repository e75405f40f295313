package org.entente.loadtests.scale;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A quantity for one shape of federation: its points, and its law if there are enough points.
 *
 * @param points values by number of agencies
 */
record ScaleLine(
    String quantity,
    String what,
    String unit,
    String shape,
    SortedMap<Integer, Double> points,
    Optional<GrowthLaw> law) {

  /** Lines of points in any order; the lines are in the order of their first points. */
  static List<ScaleLine> of(List<MeasuredPoint> points) {
    Map<String, List<MeasuredPoint>> groups = new LinkedHashMap<>();
    for (MeasuredPoint point : points) {
      groups
          .computeIfAbsent(point.quantity() + " " + point.shape(), key -> new ArrayList<>())
          .add(point);
    }
    return groups.values().stream().map(ScaleLine::line).toList();
  }

  private static ScaleLine line(List<MeasuredPoint> group) {
    SortedMap<Integer, Double> values = new TreeMap<>();
    group.forEach(point -> values.put(point.agencies(), point.value()));
    MeasuredPoint first = group.get(0);
    boolean lawful =
        values.size() >= GrowthLaw.LEAST_POINTS
            && values.values().stream().allMatch(value -> value > 0);
    return new ScaleLine(
        first.quantity(),
        first.what(),
        first.unit(),
        first.shape(),
        values,
        lawful ? Optional.of(GrowthLaw.fit(values)) : Optional.empty());
  }
}
