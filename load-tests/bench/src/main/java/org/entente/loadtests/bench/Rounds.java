package org.entente.loadtests.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.entente.loadtests.measure.Spread;

/** Measured values of a scenario's rounds, by figure. Used by one thread. */
final class Rounds {
  private final String scenario;
  private final Subject subject;
  private final Map<String, Line> lines = new LinkedHashMap<>();

  private record Line(String what, String unit, List<Double> values) {}

  /** Rounds without values. */
  Rounds(String scenario, Subject subject) {
    this.scenario = scenario;
    this.subject = subject;
  }

  /** Adds a value measured in a round. */
  void add(String id, String what, String unit, double value) {
    lines.computeIfAbsent(id, i -> new Line(what, unit, new ArrayList<>())).values.add(value);
  }

  /** Adds the figures to the results and prints them. */
  void addTo(Results results, Consumer<String> say) {
    lines.forEach(
        (id, line) -> {
          Spread spread = Spread.of(line.values);
          results.add(new Figure(id, scenario, subject, line.what, line.unit, spread));
          say.accept(
              String.format(Locale.ROOT, "%-28s %,12.3f %s", id, spread.median(), line.unit));
        });
  }
}
