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
import org.entente.loadtests.traffic.MessageRecipient;
import org.entente.loadtests.traffic.Timing;
import org.junit.jupiter.api.Test;

final class SummaryTest {
  private static final long MILLISECOND = 1_000_000;
  private static final Phases PHASES = phases(1);
  private static final AgencyCount GOOD = new AgencyCount(3, 2, Map.of("r", 4), 1, 0, 0, 0);
  private static final AuditResult VERIFIED = audit(true, 0);

  @Test
  void summary_withoutFaults_passedAndSaysSo() throws JsonProcessingException {
    Summary summary = summary(actual(GOOD, 0), VERIFIED, OptionalLong.of(0));
    JsonNode json = new ObjectMapper().readTree(summary.json());
    JsonNode agency = json.path("agencies").path("de.customs");

    assertTrue(summary.good());
    assertTrue(summary.table().endsWith("\nResult: passed"), summary.table());
    assertEquals(3, agency.path("published").asInt());
    assertEquals(2, agency.path("delivered").asInt());
    assertEquals(4, agency.path("refused").asInt());
    assertEquals(1, agency.path("redelivered").asInt());
    assertEquals(0, agency.path("lost").asInt(-1));
    assertEquals(0, json.path("transit_opened").asInt(-1));
    assertEquals(1, json.path("restarts").asInt());
    assertEquals("{\"p50\":1.0,\"p99\":2.0}", json.path("latency_ms").toString());
    assertEquals("{\"p50\":5.0,\"p99\":6.0}", json.path("latency_ms_burst").toString());
    assertEquals("{\"max\":3.0,\"count\":4}", json.path("latency_ms_outage").toString());
  }

  @Test
  void summary_ofACluster_saysHowLongTheTakeOverTook() throws JsonProcessingException {
    Summary summary = summary(phases(3), actual(faulty(1, 2, 0), 0), VERIFIED, OptionalLong.of(0));
    JsonNode json = new ObjectMapper().readTree(summary.json());

    assertEquals(
        "{\"agency\":\"de.customs\",\"machines\":3,\"take_over_ms\":30.0,\"lost\":1,\"doubled\":2}",
        json.path("cluster").toString());
    assertTrue(
        summary
            .table()
            .contains("Take-over at de.customs, on 3 machines: 0.0 s; lost 1, doubled 2."),
        summary.table());
  }

  @Test
  void summary_ofOneMachine_saysNothingOfATakeOver() throws JsonProcessingException {
    Summary summary = summary(actual(GOOD, 0), VERIFIED, OptionalLong.of(0));

    assertFalse(new ObjectMapper().readTree(summary.json()).has("cluster"));
    assertFalse(summary.table().contains("Take-over"), summary.table());
  }

  @Test
  void summary_withAnyFault_failedAndSaysOfWhat() {
    OptionalLong blind = OptionalLong.of(0);

    assertFailed(
        "messages permitted and not delivered for de.customs: 1",
        summary(actual(faulty(1, 0, 0), 0), VERIFIED, blind));
    assertFailed(
        "messages twice in the ledger for de.customs: 2",
        summary(actual(faulty(0, 2, 0), 0), VERIFIED, blind));
    assertFailed(
        "messages delivered and not permitted for de.customs: 3",
        summary(actual(faulty(0, 0, 3), 0), VERIFIED, blind));
    assertFailed("publications without an outcome: 1", summary(actual(GOOD, 1), VERIFIED, blind));
    assertFailed(
        "audit log of de.customs not verified: no; leaf 7",
        summary(actual(GOOD, 0), audit(false, 0), blind));
    assertFailed(
        "message ids twice in the inbox of de.customs: 1",
        summary(actual(GOOD, 0), audit(true, 1), blind));
    assertFailed(
        "envelopes that the transit opened: 1",
        summary(actual(GOOD, 0), VERIFIED, OptionalLong.of(1)));
    assertFailed(
        "the transit did not say how many envelopes it opened",
        summary(actual(GOOD, 0), VERIFIED, OptionalLong.empty()));
  }

  @Test
  void exerciseTraffic_isInNoCountOfTheTable_butItsFaultsFail() throws JsonProcessingException {
    TrafficCount exercise = actual(new AgencyCount(99, 98, Map.of("r", 97), 0, 1, 0, 0), 0);
    Summary summary = summary(PHASES, exercise, actual(GOOD, 0), VERIFIED, OptionalLong.of(0));
    JsonNode json = new ObjectMapper().readTree(summary.json());

    assertEquals(3, json.path("agencies").path("de.customs").path("published").asInt());
    assertFailed(
        "exercise traffic, messages permitted and not delivered for de.customs: 1", summary);
  }

  @Test
  void steadyPhase_thatTheMachineDidNotCarry_isToldOf() {
    assertFalse(phase(100, 0, 1_400, 1_500).isBehind(250));
    assertTrue(phase(100, 0, 1_500, 1_600).isBehind(250));
  }

  private static void assertFailed(String of, Summary summary) {
    assertFalse(summary.good());
    assertTrue(summary.table().endsWith("\nResult: failed: " + of), summary.table());
  }

  @Test
  void latencies_areApart_ofTheSteadyPhaseTheBurstAndTheOutage() {
    List<Timing> timings =
        List.of(
            timing("de.customs", 0, 2),
            timing("us.cbp", 5, 9),
            timing("de.customs", 10, 26),
            timing("us.cbp", 30, 99),
            timing("de.customs", 39, 71));
    Latencies latencies = Latencies.of(timings, PHASES);

    assertEquals(2, latencies.steady().p50(), 0.01);
    assertEquals(4, latencies.steady().p99(), 0.01);
    assertEquals(16, latencies.burst().p50(), 0.01);
    assertEquals(32, latencies.outageMax(), 0.1);
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
    return new Timing(
        new MessageRecipient("00", recipient),
        "fr.customs",
        start * MILLISECOND,
        end * MILLISECOND);
  }

  private static Phases phases(int machines) {
    return new Phases(
        250,
        phase(9, -9, -1, 0),
        phase(2, 0, 8, 10),
        phase(1, 10, 25, 30),
        phase(2, 30, 99, 99),
        new Outage("de.customs", 40 * MILLISECOND, 70 * MILLISECOND, machines));
  }

  private static Phase phase(int messages, long from, long answered, long to) {
    return new Phase(messages, from * MILLISECOND, answered * MILLISECOND, to * MILLISECOND);
  }

  private static AgencyCount faulty(int lost, int duplicates, int misrouted) {
    return new AgencyCount(3, 2, Map.of(), 0, lost, duplicates, misrouted);
  }

  private static TrafficCount actual(AgencyCount count, int unanswered) {
    return new TrafficCount(Map.of("de.customs", count), unanswered, 0);
  }

  private static AuditResult audit(boolean verified, int duplicates) {
    return new AuditResult(
        "de.customs", verified, 9, 2, duplicates, verified ? "" : "no" + "\n" + "leaf 7");
  }

  private static Summary summary(TrafficCount actual, AuditResult audit, OptionalLong opened) {
    return summary(PHASES, actual, audit, opened);
  }

  private static Summary summary(
      Phases phases, TrafficCount actual, AuditResult audit, OptionalLong opened) {
    return summary(phases, new TrafficCount(Map.of(), 0, 0), actual, audit, opened);
  }

  private static Summary summary(
      Phases phases,
      TrafficCount exercise,
      TrafficCount actual,
      AuditResult audit,
      OptionalLong opened) {
    Latencies latencies =
        new Latencies(new Latencies.Percentiles(1, 2), new Latencies.Percentiles(5, 6), 3, 4);
    return new Summary(
        new DemoTraffic.Result(phases, latencies, exercise, actual),
        Map.of("de.customs", audit),
        opened,
        1,
        0);
  }
}
