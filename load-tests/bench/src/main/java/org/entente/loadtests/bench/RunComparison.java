package org.entente.loadtests.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.loadtests.measure.Spread;
import org.jspecify.annotations.Nullable;

/**
 * Comparison of two runs. If their ranges overlap, the difference of the medians is within the
 * spread and not significant.
 */
final class RunComparison {
  private RunComparison() {}

  /** A table for a terminal. */
  static List<String> table(Results first, Results second) {
    List<String> lines = new ArrayList<>();
    lines.add(heading("A", first.setting()));
    lines.add(heading("B", second.setting()));
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT, "%-28s %-34s %-34s %s", "", "A median (min – max)", "B", "B / A"));
    Map<String, Figure> all = new LinkedHashMap<>();
    first.figures().forEach(figure -> all.put(figure.id(), figure));
    second.figures().forEach(figure -> all.putIfAbsent(figure.id(), figure));
    for (Figure figure : all.values()) {
      lines.add(
          line(
              figure,
              first.find(figure.id()).map(Figure::spread).orElse(null),
              second.find(figure.id()).map(Figure::spread).orElse(null)));
    }
    return lines;
  }

  private static String heading(String name, Setting setting) {
    return name
        + "  "
        + setting.commit()
        + ", "
        + setting.at()
        + ", "
        + setting.effort()
        + ", "
        + setting.processor()
        + ", "
        + setting.jdk();
  }

  private static String line(Figure figure, @Nullable Spread a, @Nullable Spread b) {
    String difference = "";
    if (a != null && b != null) {
      boolean overlaps = a.min() <= b.max() && b.min() <= a.max();
      difference =
          String.format(
              Locale.ROOT,
              "%.2f%s",
              b.median() / a.median(),
              overlaps ? "  within the spread" : "");
    }
    return String.format(
        Locale.ROOT,
        "%-28s %-34s %-34s %s",
        figure.id(),
        shown(a, figure.unit()),
        shown(b, figure.unit()),
        difference);
  }

  private static String shown(@Nullable Spread spread, String unit) {
    if (spread == null) {
      return "–";
    }
    return "%s (%s – %s) %s"
        .formatted(
            Figure.number(spread.median()),
            Figure.number(spread.min()),
            Figure.number(spread.max()),
            unit.equals("ratio") ? "" : unit)
        .trim();
  }
}
