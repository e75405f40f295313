package org.entente.loadtests.bench;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.entente.loadtests.measure.Spread;

/** A run's results as tables for people. */
final class Markdown {
  private Markdown() {}

  /**
   * The page.
   *
   * @param charts names of files beside it, by caption
   */
  static String page(Results results, Map<String, String> charts) {
    List<String> lines = new ArrayList<>();
    lines.add("# Results of `load-tests/run`" + (quick(results) ? " --quick" : ""));
    lines.add("");
    lines.add("Made by the command; what each line means is in docs/develop/benchmarks.md.");
    lines.add("");
    setting(results.setting(), lines);
    lines.add("");
    results.notes().forEach(note -> lines.add("- " + note));
    asked(results, lines);
    counts(results, lines);
    for (Map.Entry<String, List<Figure>> scenario : byScenario(results).entrySet()) {
      lines.add("");
      lines.add("## " + capitalised(scenario.getKey()));
      lines.add("");
      table(scenario.getValue(), lines);
    }
    lines.add("");
    charts.forEach((caption, file) -> lines.add("![" + caption + "](" + file + ")"));
    lines.add("");
    return String.join("\n", lines);
  }

  private static void counts(Results results, List<String> lines) {
    if (results.figures().stream().noneMatch(Markdown::isCount)) {
      return;
    }
    lines.add("");
    lines.add("## What a message of 1 KiB takes");
    lines.add("");
    lines.addAll(MessageCounts.table(results));
  }

  private static void asked(Results results, List<String> lines) {
    lines.add("");
    lines.add("## Asked");
    lines.add("");
    lines.add("| figure | what | measured | floor | aim | unit | |");
    lines.add("|---|---|---:|---:|---:|---|---|");
    List<String> missing = new ArrayList<>();
    for (FigureTarget asked : FigureTarget.ALL) {
      results
          .find(asked.id())
          .ifPresentOrElse(
              figure -> lines.add(row(asked, figure.spread().median())),
              () -> missing.add("`" + asked.id() + "`"));
    }
    if (!missing.isEmpty()) {
      lines.add("");
      lines.add("Not measured: " + String.join(", ", missing) + ".");
    }
  }

  private static String row(FigureTarget asked, double median) {
    String bound = asked.atLeast() ? "≥ " : "≤ ";
    return "| `%s` | %s | %s | %s | %s | %s | %s |"
        .formatted(
            asked.id(),
            asked.what(),
            Figure.number(median),
            bound + plain(asked.floor()),
            bound + plain(asked.aim()),
            asked.unit(),
            asked.judge(median).words());
  }

  private static String plain(double bound) {
    return new DecimalFormat("#,##0.##", DecimalFormatSymbols.getInstance(Locale.ROOT))
        .format(bound);
  }

  private static boolean quick(Results results) {
    return results.setting().effort().equals(Effort.QUICK.name());
  }

  private static void setting(Setting setting, List<String> lines) {
    lines.add("| | |");
    lines.add("|---|---|");
    row(lines, "when", setting.at() + ", effort " + setting.effort());
    row(lines, "sources", setting.commit());
    row(
        lines,
        "machine",
        "%s, %d cores for all processes, %d MiB, %s, disk %s, load before %.2f"
            .formatted(
                setting.processor(),
                setting.cores(),
                setting.memoryMib(),
                setting.system(),
                setting.disk(),
                setting.load()));
    row(lines, "Java", setting.jdk());
    row(
        lines,
        "libraries",
        setting.versions().entrySet().stream()
            .map(library -> library.getKey() + " " + library.getValue())
            .collect(Collectors.joining(", ")));
  }

  private static void row(List<String> lines, String name, String value) {
    lines.add("| " + name + " | " + value + " |");
  }

  private static Map<String, List<Figure>> byScenario(Results results) {
    return results.figures().stream()
        .filter(figure -> !isCount(figure))
        .collect(Collectors.groupingBy(Figure::scenario, LinkedHashMap::new, Collectors.toList()));
  }

  private static boolean isCount(Figure figure) {
    return figure.scenario().equals(MessageCounts.SCENARIO);
  }

  private static void table(List<Figure> figures, List<String> lines) {
    lines.add("| what | measured | median | min – max | unit | protection |");
    lines.add("|---|---|---:|---:|---|---|");
    for (Figure figure : figures) {
      Spread spread = figure.spread();
      lines.add(
          "| %s | %s | %s | %s – %s | %s | %s |"
              .formatted(
                  figure.subject() == Subject.RATIO
                      ? "`" + figure.id() + "`"
                      : figure.subject().title(),
                  figure.what(),
                  Figure.number(spread.median()),
                  Figure.number(spread.min()),
                  Figure.number(spread.max()),
                  figure.unit(),
                  figure.subject().protects()));
    }
  }

  private static String capitalised(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
