package org.entente.loadtests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.traffic.AgencyCount;
import org.entente.loadtests.traffic.Pair;
import org.entente.loadtests.traffic.Timing;
import org.junit.jupiter.api.Test;

final class SummaryTest {
  private static final AgencyCount GOOD = new AgencyCount(3, 2, Map.of("r", 4), 1, 0, 0, 0);
  private static final AuditResult VERIFIED = audit(true, 0);

  @Test
  void summary_withoutFaults_isGoodAndSaysSo() throws JsonProcessingException {
    Summary summary = summary(GOOD, VERIFIED, OptionalLong.of(0), 0);
    JsonNode json = new ObjectMapper().readTree(summary.json());
    JsonNode agency = json.path("agencies").path("de.customs");

    assertTrue(summary.good());
    assertTrue(summary.table().contains("Good: yes"), summary.table());
    assertEquals(3, agency.path("published").asInt());
    assertEquals(2, agency.path("delivered").asInt());
    assertEquals(4, agency.path("refused").asInt());
    assertEquals(1, agency.path("redelivered").asInt());
    assertEquals(0, agency.path("lost").asInt(-1));
    assertEquals(0, json.path("transit_opened").asInt(-1));
    assertEquals(1, json.path("restarts").asInt());
  }

  @Test
  void summary_withAnyFault_isNotGood() {
    AgencyCount lost = new AgencyCount(3, 2, Map.of(), 0, 1, 0, 0);
    AgencyCount doubled = new AgencyCount(3, 2, Map.of(), 0, 0, 1, 0);
    AgencyCount misrouted = new AgencyCount(3, 2, Map.of(), 0, 0, 0, 1);
    OptionalLong blind = OptionalLong.of(0);

    assertFalse(summary(lost, VERIFIED, blind, 0).good());
    assertFalse(summary(doubled, VERIFIED, blind, 0).good());
    assertFalse(summary(misrouted, VERIFIED, blind, 0).good());
    assertFalse(summary(GOOD, audit(false, 0), blind, 0).good());
    assertFalse(summary(GOOD, audit(true, 1), blind, 0).good());
    assertFalse(summary(GOOD, VERIFIED, OptionalLong.of(1), 0).good());
    assertFalse(summary(GOOD, VERIFIED, OptionalLong.empty(), 0).good());
    assertFalse(summary(GOOD, VERIFIED, blind, 1).good());
  }

  @Test
  void latencies_ofMessagesThatTheOutageTouched_areCountedApart() {
    Outage outage = new Outage("de.customs", 10_000_000, 50_000_000);
    List<Timing> timings =
        List.of(
            timing("de.customs", 0, 1_000_000),
            timing("us.cbp", 20_000_000, 22_000_000),
            timing("de.customs", 9_000_000, 60_000_000));
    Latencies latencies = Latencies.of(timings, outage);

    assertEquals(1.0, latencies.p50(), 0.01);
    assertEquals(2.0, latencies.p99(), 0.01);
    assertEquals(51.0, latencies.outageMax(), 0.1);
    assertEquals(1, latencies.outageCount());
  }

  @Test
  void counter_inAnExposition_isSummedOverItsLabels() {
    String text = "# HELP a b\na_total{x=\"1\"} 2.0\na_total{x=\"2\"} 3.0\na_total_more 9.0\nb 1\n";

    assertEquals(OptionalLong.of(5), Exposition.sum(text, "a_total"));
    assertEquals(OptionalLong.of(1), Exposition.sum(text, "b"));
    assertEquals(OptionalLong.empty(), Exposition.sum(text, "c"));
  }

  private static Timing timing(String recipient, long start, long end) {
    return new Timing(new Pair("00", recipient), "fr.customs", start, end);
  }

  private static AuditResult audit(boolean verified, int duplicates) {
    return new AuditResult("de.customs", verified, 9, 2, duplicates, verified ? "" : "no");
  }

  private static Summary summary(
      AgencyCount count, AuditResult audit, OptionalLong opened, int unanswered) {
    return new Summary(
        Map.of("de.customs", count),
        Map.of("de.customs", audit),
        new Latencies(1, 2, 3, 4),
        opened,
        1,
        unanswered,
        0,
        0);
  }
}
