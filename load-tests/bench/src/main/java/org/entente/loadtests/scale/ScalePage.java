package org.entente.loadtests.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** The lines as a page for people. */
final class ScalePage {
  private static final double WHOLE = 1_000;
  private static final double TENTHS = 10;
  private static final double PERCENT = 100;

  private ScalePage() {}

  /**
   * The page.
   *
   * @param charts names of files beside it, by caption
   */
  static String page(List<ScaleLine> lines, Map<String, String> charts) {
    List<String> page = new ArrayList<>();
    page.add("# Results of `load-tests/scale`");
    page.add("");
    page.add("Made by the command; what each line means is in docs/operate/scale.md.");
    for (String shape : lines.stream().map(ScaleLine::shape).distinct().toList()) {
      page.add("");
      page.add("## " + title(shape));
      page.add("");
      table(lines.stream().filter(line -> line.shape().equals(shape)).toList(), page);
    }
    page.add("");
    charts.forEach((caption, file) -> page.add("![" + caption + "](" + file + ")"));
    page.add("");
    return String.join("\n", page);
  }

  private static String title(String shape) {
    return switch (shape) {
      case "MESH" -> "Each linked with each";
      case "HUB" -> "All linked with one transit";
      default -> shape;
    };
  }

  private static void table(List<ScaleLine> lines, List<String> page) {
    SortedSet<Integer> sizes = new TreeSet<>();
    lines.forEach(line -> sizes.addAll(line.points().keySet()));
    StringBuilder head = new StringBuilder("| what | unit |");
    StringBuilder rule = new StringBuilder("|---|---|");
    for (int size : sizes) {
      head.append(" n = ").append(size).append(" |");
      rule.append("---:|");
    }
    page.add(head + " law | off | power | off | line | off |");
    page.add(rule + "---|---:|---|---:|---|---:|");
    lines.forEach(line -> page.add(row(line, sizes)));
  }

  private static String row(ScaleLine line, SortedSet<Integer> sizes) {
    StringBuilder row =
        new StringBuilder("| ").append(line.what()).append(" | ").append(line.unit()).append(" |");
    for (int size : sizes) {
      Double value = line.points().get(size);
      row.append(' ').append(value == null ? "" : number(value)).append(" |");
    }
    return row.append(line.law().map(ScalePage::law).orElse(" | | | | | |")).toString();
  }

  private static String law(GrowthLaw law) {
    String form =
        law.form() == GrowthForm.CONSTANT
            ? number(law.factor())
            : number(law.factor()) + " · " + law.form().words();
    return " %s | %s | n^%s | %s | %s + %s · n | %s |"
        .formatted(
            form,
            percent(law.residual()),
            String.format(Locale.ROOT, "%.2f", law.exponent()),
            percent(law.powerResidual()),
            number(law.base()),
            number(law.each()),
            percent(law.lineResidual()));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * PERCENT);
  }

  /** A number with its significant digits. */
  static String number(double value) {
    double size = Math.abs(value);
    String form = size >= WHOLE ? "%,.0f" : size >= TENTHS ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, form, value);
  }
}
