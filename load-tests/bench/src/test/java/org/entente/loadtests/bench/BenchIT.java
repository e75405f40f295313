package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.loadtests.testkit.DemonstrationSteps;
import org.entente.loadtests.testkit.StepRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The harness over real processes, in its shortest forms and without baselines; judges no time. */
@Tag("extended")
@Tag("benchmark")
final class BenchIT {
  /** Figures with a goal, other than ratios, that a short run measures. */
  private static final List<String> MEASURED =
      List.of(
          "start_ready_ms",
          "rss_idle_mib",
          "cpu_packed_us",
          "cpu_lone_us",
          "policy_uncached_us",
          "policy_cached_us",
          "transit_us",
          "sustained_ratio",
          "kafka_ratio",
          "cluster_throughput_ratio",
          "cluster_p50_ratio",
          "takeover_longest_s",
          "wire_overhead_alone",
          "wire_overhead_64");

  /** Further figures, some of them asked about in a larger form. */
  private static final List<String> FIGURES =
      List.of(
          "stage.sender.ledger-writer",
          "subscribers_10_filtered_ms",
          "subscribers_10_last_ms",
          "attachment.upload.4",
          "attachment.fetch.4",
          "attachment.rss.recipient.1",
          "attachment_to_raw",
          "flash_beside_fetch_ratio",
          "backlog.drained",
          "backlog.rss.100",
          "fanout.rate.8",
          "fanout_us",
          "disk.kept.sender",
          "count.lone.sender.put",
          "count.packed.recipient.native_call",
          "count.mixed.recipient.allocated",
          "stage.transit.ledger-writer",
          "throughput_to_raw",
          "single_to_raw",
          "p99_to_raw",
          "transit_to_raw");

  /** Of figures that say by how much something grew, which in a short run may be nothing. */
  private static final List<String> DIFFERENCES =
      List.of("backlog.rss.", "disk.", "fanout", "count.", "sustained.rss_");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** The broker is on the class path of these tests. */
  @BeforeEach
  void nameBroker() {
    System.setProperty(KafkaRate.PROPERTY, System.getProperty("java.class.path"));
  }

  @AfterEach
  void forgetBroker() {
    System.clearProperty(KafkaRate.PROPERTY);
  }

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void run_printsOneObjectWithEveryRatio_writesWhatCompareReads() throws Exception {
    int code =
        run(
            new BenchRun(),
            "--scenarios",
            "--without-baselines",
            "--json",
            "--out",
            folder.toString());
    assertEquals(0, code, err::toString);

    JsonNode printed = new ObjectMapper().readTree(out.toString());
    for (String ratio : List.of("throughput_to_durable", "flash_p99_ratio")) {
      assertTrue(printed.path(ratio).asDouble() > 0, ratio);
    }
    for (String absent : List.of("as4_speedup", "artemis_ratio", "nats_ratio")) {
      assertTrue(printed.has(absent) && printed.path(absent).isNull(), absent);
    }
    for (String measured : MEASURED) {
      assertTrue(printed.path(measured).asDouble() > 0, measured);
    }
    Set<String> ids = ids(printed);
    assertTrue(ids.containsAll(FIGURES), ids::toString);
    assertEquals(CurlTransfer.isPossible(), ids.contains("attachment_to_curl"));
    for (JsonNode asked : printed.path("asked")) {
      boolean measured = printed.path(asked.path("id").asText()).isNumber();
      assertEquals(measured, asked.has("verdict"), asked::toString);
    }
    assertEquals(printed, new ObjectMapper().readTree(folder.resolve("results.json").toFile()));
    assertTrue(Files.readString(folder.resolve("results.md")).contains("`throughput_to_raw`"));
    assertTrue(Files.readString(folder.resolve("latency.svg")).contains("<svg"));

    String file = folder.resolve("results.json").toString();
    out.getBuffer().setLength(0);
    assertEquals(0, run(new CompareRun(), file, file), err::toString);
    assertTrue(
        out.toString().lines().anyMatch(l -> l.startsWith("p99_to_raw") && l.contains("1.00")),
        out::toString);
  }

  @Test
  void benchSmoke_measuresBothChains() throws Exception {
    try (StepRunner steps = new StepRunner(folder, Map.of())) {
      steps.run(List.of(DemonstrationSteps.benchmark()));
    }
  }

  /** What was measured; nothing of it is nothing. */
  private static Set<String> ids(JsonNode printed) {
    Set<String> ids = new HashSet<>();
    for (JsonNode figure : printed.path("figures")) {
      String id = figure.path("id").asText();
      ids.add(id);
      assertTrue(
          figure.path("spread").path("min").asDouble() > 0
              || DIFFERENCES.stream().anyMatch(id::startsWith)
              || id.startsWith("stage."),
          figure::toString);
    }
    return ids;
  }
}
