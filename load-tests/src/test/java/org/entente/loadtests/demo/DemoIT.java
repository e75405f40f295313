package org.entente.loadtests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.entente.loadtests.federation.Home;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as a user starts it, with its SIGKILL. */
final class DemoIT {
  @TempDir private Path folder;

  /** All that the last run said, for messages of failed assertions. */
  private String said = "";

  @Test
  void demo_onSamples_deliversEverythingThatPolicyPermits()
      throws IOException, InterruptedException {
    JsonNode summary = demo("--messages", "100");

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
  void demo_onSafetyGateAlerts_publishesAllOfThem() throws IOException, InterruptedException {
    Path alerts = Requires.shared("data/safety-gate-alerts.jsonl");
    Path mapping = Home.find().mappings().resolve("safety-gate.yaml");

    JsonNode summary = demo("--alerts", alerts.toString(), "--mapping", mapping.toString());

    assertEquals(120, total(summary, "published"), said);
    assertTrue(total(summary, "delivered") >= 120, said);
  }

  @Test
  void demo_onCapFolder_publishesTheGoodOnesAndReportsTheBad()
      throws IOException, InterruptedException {
    Path alerts = Requires.shared("data/cap");

    JsonNode summary = demo("--alerts", alerts.toString());

    assertEquals(3, total(summary, "published"), said);
    assertEquals(1, summary.path("bad_records").asInt());
    assertTrue(total(summary, "delivered") > 0, said);
  }

  private JsonNode demo(String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("demo", "--once", "--json"));
    arguments.addAll(List.of(options));
    Child child = Child.entente(folder, arguments.toArray(new String[0]));
    assertEquals(0, child.code(), () -> child.out() + child.err());
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
