package org.entente.loadtests.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.traffic.AgencyCount;

/**
 * What a demonstration came to.
 *
 * @param agencies each agency's part
 * @param audits each node's audit log
 * @param transitOpened envelopes that the transit opened; absent if it could not be asked
 * @param restarts gateways killed and started again
 * @param unanswered publications that never had an outcome, those on which a gateway failed
 *     included
 * @param failed publications that the gateway called malformed or not allowed
 * @param badRecords records of the source that gave no publication
 */
record Summary(
    Map<String, AgencyCount> agencies,
    Map<String, AuditResult> audits,
    Latencies latencies,
    OptionalLong transitOpened,
    int restarts,
    int unanswered,
    int failed,
    int badRecords) {
  private static final double ROUND = 100;

  Summary {
    agencies = Map.copyOf(agencies);
    audits = Map.copyOf(audits);
  }

  boolean auditVerified() {
    return audits.values().stream().allMatch(AuditResult::verified);
  }

  /** Ids twice in an agency's ledger, as its subscribers or its audit saw it. */
  private int duplicates(String agency) {
    AuditResult audit = audits.get(agency);
    AgencyCount count = agencies.get(agency);
    return Math.max(
        count == null ? 0 : count.duplicates(), audit == null ? 0 : audit.inboxDuplicates());
  }

  /** Nothing lost, duplicated, misrouted or unanswered, all logs verified, the transit blind. */
  boolean good() {
    boolean counts =
        agencies.entrySet().stream()
            .allMatch(
                entry ->
                    entry.getValue().lost() == 0
                        && entry.getValue().misrouted() == 0
                        && duplicates(entry.getKey()) == 0);
    return counts && auditVerified() && unanswered == 0 && transitOpened.orElse(-1) == 0;
  }

  String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ObjectNode map = root.putObject("agencies");
    new TreeMap<>(agencies)
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
    root.putObject("latency_ms")
        .put("p50", rounded(latencies.p50()))
        .put("p99", rounded(latencies.p99()));
    root.putObject("latency_ms_outage")
        .put("max", rounded(latencies.outageMax()))
        .put("count", latencies.outageCount());
    root.put("audit_verified", auditVerified());
    transitOpened.ifPresentOrElse(
        opened -> root.put("transit_opened", opened), () -> root.putNull("transit_opened"));
    return root.put("restarts", restarts)
        .put("unanswered", unanswered)
        .put("failed", failed)
        .put("bad_records", badRecords)
        .toString();
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
              AgencyCount count =
                  agencies.getOrDefault(agency, new AgencyCount(0, 0, Map.of(), 0, 0, 0, 0));
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
                          : "NOT VERIFIED: " + audit.said()));
            });
    rules(text);
    text.append(
        "%nPublish to subscriber: p50 %.1f ms, p99 %.1f ms; %d deliveries to or from the killed"
                .formatted(latencies.p50(), latencies.p99(), latencies.outageCount())
            + " gateway waited for it, at most %.0f ms.%n".formatted(latencies.outageMax()));
    text.append(
        "Transit opened %s envelopes. Gateways killed and restarted: %d. Good: %s"
            .formatted(
                transitOpened.isPresent() ? transitOpened.getAsLong() : "(unknown)",
                restarts,
                good() ? "yes" : "NO"));
    for (String problem : problems()) {
      text.append(System.lineSeparator()).append(problem);
    }
    return text.toString();
  }

  private void rules(StringBuilder text) {
    text.append("%nRefused by policy:%n".formatted());
    new TreeMap<>(agencies)
        .forEach(
            (agency, count) ->
                new TreeMap<>(count.refused())
                    .forEach(
                        (rule, pairs) ->
                            text.append("  %-12s %5d  %s%n".formatted(agency, pairs, rule))));
  }

  private List<String> problems() {
    Map<String, Integer> problems = new TreeMap<>();
    problems.put("publications without an outcome", unanswered);
    problems.put("publications the gateway called invalid", failed);
    problems.put("records that gave no publication", badRecords);
    return problems.entrySet().stream()
        .filter(problem -> problem.getValue() > 0)
        .map(problem -> problem.getValue() + " " + problem.getKey())
        .toList();
  }
}
