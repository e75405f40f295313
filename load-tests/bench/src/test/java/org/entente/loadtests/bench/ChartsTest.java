package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.loadtests.measure.Spread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A run of some scenarios has their charts, and no empty ones. */
final class ChartsTest {
  @TempDir private Path folder;
  private final Results results =
      new Results(new Setting("", "long", "", "", 2, 1, "", "", "", 0, Map.of()));

  private void add(String id, double value) {
    results.add(new Figure(id, "s", Subject.ENTENTE, "w", "u", Spread.of(List.of(value))));
  }

  private Set<String> drawn() throws Exception {
    return Set.copyOf(Charts.draw(results, folder).values());
  }

  @Test
  void nothingMeasured_drawsNothing() throws Exception {
    add("attachment.fetch.1", 9);
    add(KafkaRate.WRITTEN, 3_000);
    assertEquals(Set.of(), drawn());
  }

  @Test
  void scenariosWithTheirOwnGateways_haveTheirCharts() throws Exception {
    for (int mib : List.of(1, 64, 2_048)) {
      add(AttachmentCost.fetchId(mib), mib);
    }
    for (int count : List.of(1, 100, 1_000)) {
      add(Subscribers.lastId(count), count);
    }
    add(KafkaRate.WRITTEN, 3_000);
    add(KafkaRate.DELIVERED, 10_000);
    assertEquals(Set.of("attachments.svg", "subscribers.svg", "kafka.svg"), drawn());
    for (String file : drawn()) {
      assertTrue(Files.readString(folder.resolve(file)).contains("<svg"), file);
    }
  }

  @Test
  void bar_hasItsValueAndTheColourOfItsSystem() throws Exception {
    add(Throughput.id(Throughput.HandOverMode.ENTENTE_STREAM, Effort.KIB), 16_489);
    add("nats.rate", 2_765);
    assertEquals(Set.of("systems.svg"), drawn());
    String svg = Files.readString(folder.resolve("systems.svg"));
    assertTrue(svg.contains(">16,489<") && svg.contains(">2,765<"), svg);
    for (Subject subject : List.of(Subject.ENTENTE, Subject.NATS)) {
      assertTrue(svg.contains(rgb(subject)), subject::title);
    }
  }

  @Test
  void systems_haveColoursOfTheirOwn() {
    List<Subject> systems =
        Arrays.stream(Subject.values())
            .filter(subject -> subject != Subject.PART && subject != Subject.RATIO)
            .toList();
    assertEquals(systems.size(), systems.stream().map(Subject::colour).distinct().count());
  }

  @Test
  void chartsOfAFolder_areDrawnAgainFromItsResults() throws Exception {
    add(KafkaRate.WRITTEN, 3_000);
    add(KafkaRate.DELIVERED, 10_000);
    Bench.write(results, folder);
    byte[] before = Files.readAllBytes(folder.resolve("kafka.svg"));
    byte[] page = Files.readAllBytes(folder.resolve("results.md"));
    Files.delete(folder.resolve("kafka.svg"));
    Files.delete(folder.resolve("results.md"));
    assertEquals(0, new CommandLine(new BenchRun()).execute("--redraw", folder + ""));
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("kafka.svg")));
    assertArrayEquals(page, Files.readAllBytes(folder.resolve("results.md")));
  }

  private static String rgb(Subject subject) {
    Color colour = subject.colour();
    return "rgb(%d,%d,%d)".formatted(colour.getRed(), colour.getGreen(), colour.getBlue());
  }
}
