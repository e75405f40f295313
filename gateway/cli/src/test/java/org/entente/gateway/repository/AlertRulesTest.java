package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.entente.gateway.testkit.TestRequirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alert fires when it should and not before, as Prometheus itself judges. */
class AlertRulesTest {
  private static final Path FOLDER =
      Path.of("..", "..", "config", "prometheus").toAbsolutePath().normalize();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path folder;

  @Test
  void promtool_ofTheRulesAndTheirTests_findsNoFault() throws Exception {
    promtool("check", "rules", FOLDER.resolve("alerts.yaml").toString());
    promtool("test", "rules", FOLDER.resolve("alerts-test.yaml").toString());
  }

  private void promtool(String... arguments) throws Exception {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
    TestRequirement.present(installed, "promtool");
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(Stream.concat(Stream.of("promtool"), Arrays.stream(arguments)).toList())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "still running");
      assertEquals(0, process.exitValue(), Files.readString(out));
    } finally {
      process.destroyForcibly();
    }
  }

  /** Without a series of the gateway that is well, or a time before, a test of silence is none. */
  @Test
  void alert_hasATestInWhichItFiresForOneGateway_andNotForAnother_norBeforeItsTime()
      throws IOException {
    Map<String, JsonNode> tests = new TreeMap<>();
    read("alerts-test.yaml", "tests").forEach(test -> tests.put(test.path("name").asText(), test));
    int rules = 0;
    for (JsonNode group : read("alerts.yaml", "groups").toList()) {
      for (JsonNode rule : group.path("rules")) {
        rules++;
        String alert = rule.path("alert").asText();
        JsonNode test = tests.getOrDefault(alert, YAML.missingNode());
        assertTrue(namesSeries(test, "bad") && namesSeries(test, "good"), alert + ": " + test);
        assertTrue(fires(test, alert, "{instance=\"bad\"}"), alert + " fires: " + test);
        assertFalse(fires(test, alert, "{instance=\"good\"}"), alert + " is silent: " + test);
        if (rule.has("for")) {
          assertTrue(isSilentOnce(test, alert), alert + " waits: " + test);
        }
      }
    }
    assertTrue(rules > 40, rules + " rules");
  }

  private static Stream<JsonNode> read(String file, String list) throws IOException {
    return stream(YAML.readTree(FOLDER.resolve(file).toFile()).path(list));
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static boolean namesSeries(JsonNode test, String instance) {
    return stream(test.path("input_series"))
        .anyMatch(one -> one.path("series").asText().contains("instance=\"" + instance + "\""));
  }

  private static Stream<JsonNode> queries(JsonNode test, String alert) {
    return stream(test.path("promql_expr_test"))
        .filter(one -> one.path("expr").asText().contains("alertname=\"" + alert + "\""));
  }

  private static boolean fires(JsonNode test, String alert, String labels) {
    return queries(test, alert)
        .flatMap(one -> stream(one.path("exp_samples")))
        .anyMatch(sample -> sample.path("labels").asText().equals(labels));
  }

  private static boolean isSilentOnce(JsonNode test, String alert) {
    return queries(test, alert).anyMatch(one -> one.path("exp_samples").isEmpty());
  }
}
