package org.entente.loadtests.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.traffic.AgencyCount;

/**
 * Result of a demonstration.
 *
 * @param audits each node's audit log
 * @param transitOpened envelopes that the transit opened; absent if unknown
 * @param restarts gateways killed and started again
 * @param badRecords records of the source that gave no publication
 */
record Summary(
    DemoTraffic.Result traffic,
    Map<String, AuditResult> audits,
    OptionalLong transitOpened,
    int restarts,
    int badRecords) {
  private static final double ROUND = 100;
  private static final double MILLIS = 1_000;

  Summary {
    audits = Map.copyOf(audits);
  }

  boolean auditVerified() {
    return audits.values().stream().allMatch(AuditResult::verified);
  }

  /** Number of ids that its subscribers or its audit saw twice in an agency's ledger. */
  private int duplicates(String agency) {
    AuditResult audit = audits.get(agency);
    return Math.max(
        traffic.actual().of(agency).duplicates(), audit == null ? 0 : audit.inboxDuplicates());
  }

  boolean good() {
    return faults().isEmpty();
  }

  /** The last line for people. */
  String result() {
    return good() ? "Result: passed" : "Result: failed: " + String.join("; ", faults());
  }

  /** The faults; empty if there are none. */
  private List<String> faults() {
    List<String> faults = new ArrayList<>(traffic.actual().faults());
    traffic.exercise().faults().forEach(fault -> faults.add("exercise traffic, " + fault));
    new TreeMap<>(audits)
        .forEach(
            (agency, audit) -> {
              if (audit.inboxDuplicates() > traffic.actual().of(agency).duplicates()) {
                faults.add(
                    "message ids twice in the inbox of " + agency + ": " + audit.inboxDuplicates());
              }
              if (!audit.verified()) {
                faults.add(
                    "audit log of "
                        + agency
                        + " not verified: "
                        + String.join("; ", audit.said().lines().toList()));
              }
            });
    if (transitOpened.isEmpty()) {
      faults.add("the transit did not say how many envelopes it opened");
    } else if (transitOpened.getAsLong() != 0) {
      faults.add("envelopes that the transit opened: " + transitOpened.getAsLong());
    }
    return faults;
  }

  String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ObjectNode map = root.putObject("agencies");
    new TreeMap<>(traffic.actual().agencies())
        .forEach(
            (agency, count) ->
                map.putObject(agency)
                    .put("published", count.published())
                    .put("delivered", count.delivered())
                    .put("refused", count.refusedPairs())
                    .put("redelivered", count.redelivered())
                    .put("lost", count.lost())
                    .put("duplicates", duplicates(agency))
                    .put("misrouted", count.misrouted()));
    Latencies latencies = traffic.latencies();
    put(root.putObject("latency_ms"), latencies.steady());
    put(root.putObject("latency_ms_burst"), latencies.burst());
    root.putObject("latency_ms_outage")
        .put("max", rounded(latencies.outageMax()))
        .put("count", latencies.outageCount());
    root.put("audit_verified", auditVerified());
    transitOpened.ifPresentOrElse(
        opened -> root.put("transit_opened", opened), () -> root.putNull("transit_opened"));
    putCluster(root);
    return root.put("restarts", restarts)
        .put("unanswered", traffic.actual().unanswered())
        .put("failed", traffic.actual().failed())
        .put("bad_records", badRecords)
        .toString();
  }

  /** Only if the gateway that was killed runs on several machines. */
  private void putCluster(ObjectNode root) {
    Outage outage = traffic.phases().outage();
    if (outage.machines() > 1) {
      root.putObject("cluster")
          .put("agency", outage.agency())
          .put("machines", outage.machines())
          .put("take_over_ms", rounded(outage.millis()))
          .put("lost", lost())
          .put("doubled", doubled());
    }
  }

  /** Messages of all agencies. */
  private int lost() {
    return traffic.actual().agencies().values().stream().mapToInt(AgencyCount::lost).sum();
  }

  /** Messages of all agencies. */
  private int doubled() {
    return traffic.actual().agencies().keySet().stream().mapToInt(this::duplicates).sum();
  }

  private static void put(ObjectNode object, Latencies.Percentiles percentiles) {
    object.put("p50", rounded(percentiles.p50())).put("p99", rounded(percentiles.p99()));
  }

  private static double rounded(double millis) {
    return Math.round(millis * ROUND) / ROUND;
  }

  String table() {
    StringBuilder text = new StringBuilder();
    String row = "%-12s %9s %9s %8s %12s %5s %10s %10s  %s%n";
    text.append(
        row.formatted(
            "agency",
            "published",
            "delivered",
            "refused",
            "redelivered",
            "lost",
            "duplicates",
            "misrouted",
            "audit log"));
    new TreeMap<>(audits)
        .forEach(
            (agency, audit) -> {
              AgencyCount count = traffic.actual().of(agency);
              text.append(
                  row.formatted(
                      agency,
                      count.published(),
                      count.delivered(),
                      count.refusedPairs(),
                      count.redelivered(),
                      count.lost(),
                      duplicates(agency),
                      count.misrouted(),
                      audit.verified()
                          ? "verified, " + audit.leaves() + " leaves"
                          : "NOT VERIFIED"));
            });
    rules(text);
    latencies(text);
    takeOver(text);
    text.append(
        "%nEnvelopes that the transit opened: %s. Gateways killed and restarted: %d.%n"
            .formatted(
                transitOpened.isPresent() ? transitOpened.getAsLong() : "not known", restarts));
    notes().forEach(note -> text.append(note).append(System.lineSeparator()));
    return text.append(result()).toString();
  }

  private void rules(StringBuilder text) {
    boolean none =
        traffic.actual().agencies().values().stream().allMatch(it -> it.refusedPairs() == 0);
    text.append("%nRefused by policy:%s%n".formatted(none ? " nothing" : ""));
    new TreeMap<>(traffic.actual().agencies())
        .forEach(
            (agency, count) ->
                new TreeMap<>(count.refused())
                    .forEach(
                        (rule, pairs) ->
                            text.append("  %-12s %5d  %s%n".formatted(agency, pairs, rule))));
  }

  private void latencies(StringBuilder text) {
    Phases phases = traffic.phases();
    Latencies latencies = traffic.latencies();
    text.append("%nFrom publisher to subscriber:%n".formatted());
    Phase steady = phases.steady();
    text.append(
        "  steady   %s, %d per second for %.1f s: %s%n"
            .formatted(
                Phase.words(steady.messages()),
                phases.rate(),
                steady.seconds(),
                words(latencies.steady())));
    if (steady.isBehind(phases.rate())) {
      text.append(
          "           This machine reached only %.0f per second; the latencies reflect its load.%n"
              .formatted(steady.messages() / steady.seconds()));
    }
    text.append(
        "  burst    %s, as fast as each client can: %s%n"
            .formatted(Phase.words(phases.burst().messages()), words(latencies.burst())));
    text.append(
        "  outage   deliveries that waited for the gateway of %s: %d, at most %.0f ms%n"
            .formatted(phases.outage().agency(), latencies.outageCount(), latencies.outageMax()));
  }

  /** Only if the gateway that was killed runs on several machines. */
  private void takeOver(StringBuilder text) {
    Outage outage = traffic.phases().outage();
    if (outage.machines() > 1) {
      text.append(
          "%nTake-over at %s, on %d machines: %.1f s; lost %d, doubled %d.%n"
              .formatted(
                  outage.agency(), outage.machines(), outage.millis() / MILLIS, lost(), doubled()));
    }
  }

  private static String words(Latencies.Percentiles percentiles) {
    return "p50 %.1f ms, p99 %.1f ms".formatted(percentiles.p50(), percentiles.p99());
  }

  /** Notes on faults that are not of the gateways. */
  private List<String> notes() {
    Map<String, Integer> notes = new TreeMap<>();
    notes.put("publications that the gateway called invalid", traffic.actual().failed());
    notes.put("records that gave no publication", badRecords);
    return notes.entrySet().stream()
        .filter(note -> note.getValue() > 0)
        .map(note -> "Note: " + note.getKey() + ": " + note.getValue())
        .toList();
  }
}
