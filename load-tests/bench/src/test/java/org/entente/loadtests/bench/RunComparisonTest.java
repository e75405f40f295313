package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.measure.Percentile;
import org.entente.loadtests.measure.Spread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunComparisonTest {
  private static final Setting SETTING =
      new Setting(
          "2026-01-01T00:00:00Z",
          "quick",
          "abc",
          "a processor",
          2,
          1_024,
          "Linux",
          "ext4",
          "17",
          0.1,
          Map.of("cel", "1"));

  @TempDir private Path folder;

  private static Results results(double... values) {
    Results results = new Results(SETTING);
    results.add(
        new Figure("x", "throughput", Subject.RAW, "x", "messages/s", Spread.of(box(values))));
    return results;
  }

  private static List<Double> box(double... values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static String line(Results first, Results second) {
    return RunComparison.table(first, second).stream()
        .filter(line -> line.startsWith("x "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ranges_thatOverlap_areWithinTheSpread_othersAreNot() {
    String within = line(results(90, 100, 110), results(105, 120, 130));
    assertTrue(within.contains("1.20  within the spread"), within);
    String beyond = line(results(90, 100, 110), results(115, 120, 130));
    assertTrue(beyond.endsWith("1.20"), beyond);
  }

  @Test
  void figure_thatOneRunLacks_isShownWithoutQuotient() {
    String line = line(new Results(SETTING), results(5));
    assertTrue(line.contains("–"), line);
    assertFalse(line.contains("within"), line);
  }

  @Test
  void ratio_isOfEachTurn_notOfTheMedians() {
    Results results = new Results(SETTING);
    results.add(new Figure("a", "s", Subject.ENTENTE, "", "", Spread.of(box(1, 10, 100))));
    results.add(new Figure("b", "s", Subject.RAW, "", "", Spread.of(box(2, 10, 50))));
    assertEquals(List.of(0.5, 1.0, 2.0), results.ratio("r", "", "a", "b").values());
  }

  @Test
  void results_readAsTheyWereWritten() throws Exception {
    Results results = results(1, 2, 3);
    results.add(new Curve("1,000/s", Subject.RAW, List.of(new Percentile(50, 1.5))));
    results.note("without baselines");
    Path file = folder.resolve("results.json");
    Files.writeString(file, results.json());
    Results read = Results.read(file);
    assertEquals(results.json(), read.json());
    assertEquals(results.figures(), read.figures());
    assertEquals(SETTING, read.setting());
  }
}
