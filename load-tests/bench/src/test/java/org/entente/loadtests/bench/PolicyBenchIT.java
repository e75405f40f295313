package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.DemonstrationSteps;
import org.entente.loadtests.testkit.StepRunner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policy's benchmark as the pages have it, in its short form; judges no time. */
@Tag("extended")
@Tag("benchmark")
final class PolicyBenchIT {
  private static final List<String> MEASURED =
      List.of("10 off", "10 on", "100 off", "100 on", "1000 off", "1000 on");

  @TempDir private Path folder;

  @Test
  void policy_everySizeWithAndWithoutCache_isMeasuredAndWritten() throws Exception {
    Path file = folder.resolve("policy.json");
    Child child;
    try (StepRunner steps = new StepRunner(folder, Map.of())) {
      child = steps.run(DemonstrationSteps.policyBenchmark().with("--out", file.toString()));
    }

    Set<String> written = new TreeSet<>();
    for (JsonNode it : new ObjectMapper().readTree(file.toFile())) {
      assertTrue(it.path("benchmark").asText().endsWith("PolicyBenchmark.decision"), it::toString);
      assertEquals("avgt", it.path("mode").asText());
      assertEquals("us/op", it.path("primaryMetric").path("scoreUnit").asText());
      assertTrue(it.path("primaryMetric").path("score").asDouble() > 0, it::toString);
      JsonNode params = it.path("params");
      String cache = params.path("cache").asBoolean() ? " on" : " off";
      written.add(params.path("agreements").asText() + cache);
    }
    assertEquals(Set.copyOf(MEASURED), written);
    List<String> table = child.out().lines().toList();
    assertEquals(1 + MEASURED.size(), table.size(), child.out());
    assertTrue(table.get(0).contains("µs a decision"), child.out());
    for (int i = 0; i < MEASURED.size(); i++) {
      String[] words = table.get(i + 1).strip().split(" +", -1);
      assertEquals(MEASURED.get(i), words[0] + " " + words[1], child.out());
      assertTrue(words[2].matches("[0-9.,]+"), child.out());
    }
    assertTrue(child.err().contains("PolicyBenchmark"), child.err());
  }
}
