package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.loadtests.measure.Spread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
