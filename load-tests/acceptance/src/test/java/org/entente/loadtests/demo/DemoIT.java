package org.entente.loadtests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.CommandStep;
import org.entente.loadtests.testkit.DemonstrationSteps;
import org.entente.loadtests.testkit.StepRunner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as the pages have a user start it, with its SIGKILL. */
final class DemoIT {
  /** One record in the form of the Safety Gate's export. */
  private static final String ALERT =
      """
      {"alert_number": "A12/00001/26", "product_name": "Doll", "brand": "Example", \
      "product_category": "Toys", "product_description": "Soft doll", "type": "Consumer", \
      "country_of_origin": "Sweden", "country_of_origin_iso": "SE", "risk_type": "Choking", \
      "risk_description": "Small parts come off.", "measures_authorities": "Recall", \
      "notifying_country": "France", "notifying_country_iso": "FR"}
      """;

  @TempDir private Path folder;
  private final Map<String, String> replaced = new LinkedHashMap<>();

  /** All that the last run said, for messages of failed assertions. */
  private String said = "";

  @Test
  void demo_onSamples_deliversEverythingThatPolicyPermits()
      throws IOException, InterruptedException {
    JsonNode summary = demo(DemonstrationSteps.samples());

    for (String agency : List.of("fr.customs", "de.customs", "sg.police", "us.cbp")) {
      JsonNode counts = summary.path("agencies").path(agency);
      assertTrue(counts.path("published").asInt() > 0, agency + " published nothing");
      assertTrue(counts.path("delivered").asInt() > 0, agency + " received nothing");
    }
    assertTrue(total(summary, "refused") > 0, "policy refused nothing of what it should");
    assertTrue(summary.path("latency_ms").path("p50").asDouble() > 0, "nothing was measured");
    assertTrue(summary.path("latency_ms_burst").path("p50").asDouble() > 0, "no burst");
    assertTrue(total(summary, "published") <= 114, "the warm-up is counted: " + summary);
  }

  @Test
  @Tag("extended")
  @Tag("demonstrations")
  void demo_ofACluster_saysHowLongTheTakeOverTook_andLosesNothing()
      throws IOException, InterruptedException {
    JsonNode summary = demo(DemonstrationSteps.cluster());

    JsonNode cluster = summary.path("cluster");
    assertEquals("de.customs", cluster.path("agency").asText(), said);
    assertEquals(3, cluster.path("machines").asInt(), said);
    assertEquals(0, cluster.path("lost").asInt(-1), said);
    assertEquals(0, cluster.path("doubled").asInt(-1), said);
    // A new leader waits half a time-out, for the end of an earlier lease.
    assertTrue(cluster.path("take_over_ms").asDouble() > 500, said);
    assertTrue(summary.path("latency_ms_outage").path("count").asInt() > 0, said);
  }

  @Test
  @Tag("extended")
  @Tag("demonstrations")
  void demo_onSafetyGateAlerts_publishesAllOfThem() throws IOException, InterruptedException {
    Path one = Files.writeString(folder.resolve("alert.jsonl"), ALERT);
    Path alerts = AcceptanceRequirement.sharedOr("data/safety-gate-alerts.jsonl", one);
    int published = alerts.equals(one) ? 1 : 120;
    replaced.put("config/", ConfigurationHome.find().folder().resolve("config") + "/");
    replaced.put("alerts.jsonl", alerts.toString());

    JsonNode summary = demo(DemonstrationSteps.records());

    assertEquals(0, summary.path("bad_records").asInt(-1), said);
    assertEquals(published, total(summary, "published"), said);
    assertTrue(total(summary, "delivered") >= published, said);
  }

  @Test
  @Tag("extended")
  @Tag("demonstrations")
  void demo_onCapFolder_publishesTheGoodOnesAndReportsTheBad()
      throws IOException, InterruptedException {
    Path one = ConfigurationHome.find().folder().resolve("gateway/node/src/test/resources/cap");
    Path alerts = AcceptanceRequirement.sharedOr("data/cap", one);
    boolean isAlone = alerts.equals(one);
    replaced.put("folder-of-cap-files", alerts.toString());

    JsonNode summary = demo(DemonstrationSteps.capFiles());

    assertEquals(isAlone ? 1 : 3, total(summary, "published"), said);
    assertEquals(isAlone ? 0 : 1, summary.path("bad_records").asInt(-1), said);
    assertTrue(total(summary, "delivered") > 0, said);
  }

  private JsonNode demo(CommandStep step) throws IOException, InterruptedException {
    Child child;
    try (StepRunner steps = new StepRunner(folder, replaced)) {
      child = steps.run(step);
    }
    assertEquals(1, child.out().lines().count(), child.out());
    said = child.out() + child.err();
    assertTrue(child.err().endsWith("Result: passed\n"), said);
    JsonNode summary = new ObjectMapper().readTree(child.out());
    checkKeys(summary);
    for (String nothing : List.of("lost", "duplicates", "misrouted")) {
      assertEquals(0, total(summary, nothing), nothing);
    }
    assertTrue(summary.path("audit_verified").isBoolean());
    assertTrue(summary.path("audit_verified").asBoolean());
    assertEquals(0, summary.path("transit_opened").asInt(-1));
    assertEquals(1, summary.path("restarts").asInt());
    assertEquals(0, summary.path("unanswered").asInt(-1));
    assertEquals(0, summary.path("failed").asInt(-1), said);
    return summary;
  }

  private static void checkKeys(JsonNode summary) {
    Set<String> keys = new TreeSet<>();
    summary.fieldNames().forEachRemaining(keys::add);
    assertTrue(
        keys.containsAll(
            Set.of(
                "agencies",
                "latency_ms",
                "latency_ms_burst",
                "latency_ms_outage",
                "audit_verified",
                "transit_opened",
                "restarts")),
        keys::toString);
    assertEquals(4, summary.path("agencies").size());
    for (JsonNode counts : summary.path("agencies")) {
      for (String key :
          List.of("published", "delivered", "refused", "redelivered", "lost", "duplicates")) {
        assertTrue(counts.path(key).isInt(), key);
      }
    }
  }

  private static int total(JsonNode summary, String key) {
    int total = 0;
    for (JsonNode counts : summary.path("agencies")) {
      total += counts.path(key).asInt();
    }
    return total;
  }
}
