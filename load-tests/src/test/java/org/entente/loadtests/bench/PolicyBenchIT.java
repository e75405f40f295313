package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;

/** The policy's benchmark in its shortest form, in this process; judges no time. */
final class PolicyBenchIT {
  private static final PolicyBench.Form SHORTEST = new PolicyBench.Form(0, 1, 1, 50);

  @TempDir private Path folder;

  @Test
  void policy_everySizeWithAndWithoutCache_isMeasuredAndWritten() throws Exception {
    Path file = folder.resolve("policy.json");
    ByteArrayOutputStream progress = new ByteArrayOutputStream();
    List<RunResult> results =
        PolicyBench.run(SHORTEST, file, new PrintStream(progress, true, StandardCharsets.UTF_8));

    List<String> asked =
        List.of("10 false", "10 true", "100 false", "100 true", "1000 false", "1000 true");
    Set<String> written = new TreeSet<>();
    for (JsonNode it : new ObjectMapper().readTree(file.toFile())) {
      assertTrue(it.path("benchmark").asText().endsWith("PolicyBenchmark.decision"), it::toString);
      assertEquals("avgt", it.path("mode").asText());
      assertEquals("us/op", it.path("primaryMetric").path("scoreUnit").asText());
      assertTrue(it.path("primaryMetric").path("score").asDouble() > 0, it::toString);
      JsonNode params = it.path("params");
      written.add(params.path("agreements").asText() + " " + params.path("cache").asText());
    }
    assertEquals(Set.copyOf(asked), written);
    assertEquals(
        asked,
        results.stream()
            .map(
                it ->
                    it.getParams().getParam("agreements") + " " + it.getParams().getParam("cache"))
            .toList());
    List<String> table = PolicyBench.table(results);
    assertEquals(7, table.size(), table::toString);
    assertTrue(table.get(0).contains("µs a decision"), table::toString);
    assertTrue(table.get(1).matches(" +10  off +[0-9.,]+"), table::toString);
    assertTrue(table.get(6).matches(" +1000  on +[0-9.,]+"), table::toString);
    assertTrue(progress.toString(StandardCharsets.UTF_8).contains("PolicyBenchmark"));
  }
}
