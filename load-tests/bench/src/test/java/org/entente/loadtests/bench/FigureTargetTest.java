package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.loadtests.measure.Spread;
import org.junit.jupiter.api.Test;

/** What is asked of figures, and how it is shown. */
final class FigureTargetTest {
  private static final Setting SETTING =
      new Setting("", "quick", "", "", 2, 1, "", "", "", 0, Map.of());

  private static FigureTarget asked(String id) {
    return FigureTarget.ALL.stream()
        .filter(asked -> asked.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ratioOfThroughput_isJudgedFromBelow() {
    FigureTarget asked = asked("throughput_to_durable");
    assertEquals(FigureTarget.Verdict.NOT_MET, asked.judge(0.149));
    assertEquals(FigureTarget.Verdict.FLOOR_MET, asked.judge(0.15));
    assertEquals(FigureTarget.Verdict.AIM_MET, asked.judge(0.25));
  }

  @Test
  void bytesOnTheWire_areJudgedFromAbove() {
    FigureTarget asked = asked("wire_overhead_64");
    assertEquals(FigureTarget.Verdict.AIM_MET, asked.judge(36));
    assertEquals(FigureTarget.Verdict.FLOOR_MET, asked.judge(44));
    assertEquals(FigureTarget.Verdict.NOT_MET, asked.judge(44.1));
  }

  @Test
  void flashBesideAFetch_isJudgedByMedianAndBy99thPercentile() {
    for (String id : List.of("flash_beside_fetch_p50", "flash_beside_fetch_ratio")) {
      assertEquals(FigureTarget.Verdict.AIM_MET, asked(id).judge(1.5));
      assertEquals(FigureTarget.Verdict.FLOOR_MET, asked(id).judge(3));
      assertEquals(FigureTarget.Verdict.NOT_MET, asked(id).judge(3.1));
    }
  }

  @Test
  void rateIntoKafka_isJudgedFromBelow() {
    FigureTarget asked = asked("kafka_ratio");
    assertEquals(FigureTarget.Verdict.AIM_MET, asked.judge(0.5));
    assertEquals(FigureTarget.Verdict.FLOOR_MET, asked.judge(0.25));
    assertEquals(FigureTarget.Verdict.NOT_MET, asked.judge(0.24));
  }

  @Test
  void everyAim_isAtLeastAsHardAsItsFloor() {
    Set<String> ids = new HashSet<>();
    for (FigureTarget asked : FigureTarget.ALL) {
      assertTrue(ids.add(asked.id()), asked::toString);
      assertTrue(
          asked.atLeast() ? asked.aim() > asked.floor() : asked.aim() < asked.floor(),
          asked::toString);
    }
  }

  @Test
  void page_saysOfEachWhetherItIsMet() {
    Results results = new Results(SETTING);
    results.add(
        new Figure("start_ready_ms", "s", Subject.ENTENTE, "w", "ms", Spread.of(List.of(3_500.0))));
    results.add(
        new Figure("rss_idle_mib", "s", Subject.ENTENTE, "w", "MiB", Spread.of(List.of(250.0))));
    List<String> lines = Markdown.page(results, Map.of()).lines().toList();
    assertTrue(ends(lines, "start_ready_ms", "| not met |"), lines::toString);
    assertTrue(ends(lines, "rss_idle_mib", "| floor met |"), lines::toString);
    String last =
        lines.stream().filter(l -> l.startsWith("Not measured: ")).findAny().orElseThrow();
    assertTrue(last.contains("`fanout_us`") && !last.contains("`rss_idle_mib`"), last);
  }

  private static boolean ends(List<String> lines, String id, String end) {
    return lines.stream().anyMatch(line -> line.startsWith("| `" + id + "`") && line.endsWith(end));
  }
}
