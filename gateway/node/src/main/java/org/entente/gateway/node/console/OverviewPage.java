package org.entente.gateway.node.console;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.node.console.View.Fact;
import org.entente.gateway.node.console.View.Figure;
import org.entente.gateway.node.doctor.DoctorCheck.Severity;
import org.entente.gateway.node.doctor.DoctorReport;
import org.entente.gateway.node.doctor.DoctorReport.State;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.PairState;

/** The page that says whether traffic can flow, and if not, why. */
final class OverviewPage {
  private static final String UNKNOWN = "unknown: the node is being reopened";
  private static final String VERDICT = "verdict";
  private static final String CHECKS = "checks";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final ConsoleSources sources;
  private final CachedChecks checks;

  OverviewPage(ConsoleSources sources) {
    this.sources = sources;
    checks = new CachedChecks(sources.checks(), sources.nanos());
  }

  View view(View.Frame frame) {
    Optional<ConsoleNode> node = sources.node().get();
    List<Links.Link> links = node.map(ConsoleNode::links).orElse(List.of());
    Optional<DoctorReport> report = checks.get();
    return new View.Overview(
        frame,
        verdict(report, links),
        report
            .map(OverviewPage::passed)
            .orElse(new Figure(CHECKS, "", "the first checks are being made")),
        report.stream()
            .flatMap(made -> made.results().stream())
            .filter(result -> result.state() == State.FAILED)
            .map(OverviewPage::finding)
            .toList(),
        facts(node, links));
  }

  private Figure verdict(Optional<DoctorReport> made, List<Links.Link> links) {
    List<String> obstacles = sources.readiness().obstacles();
    if (!obstacles.isEmpty()) {
      return new Figure(VERDICT, "bad", "No. " + obstacles.get(0));
    }
    if (made.isPresent() && made.get().hasErrors()) {
      return new Figure(VERDICT, "bad", "No. A check found an error.");
    }
    if (!links.isEmpty() && links.stream().noneMatch(PeersPage::isUp)) {
      return new Figure(VERDICT, "bad", "No. No link is up.");
    }
    if (made.isEmpty()) {
      return new Figure(VERDICT, "warn", "Unknown. The checks are being made.");
    }
    long warnings = made.get().failed(Severity.WARNING);
    return warnings == 0
        ? new Figure(VERDICT, "good", "Yes.")
        : new Figure(VERDICT, "warn", "Yes, with warnings: " + warnings + ".");
  }

  private static Figure passed(DoctorReport report) {
    long passed = count(report, State.PASSED);
    long failed = count(report, State.FAILED);
    long suppressed = count(report, State.SUPPRESSED);
    return new Figure(
        CHECKS,
        "",
        "%d checks passed, %d failed, %d not made".formatted(passed, failed, suppressed));
  }

  private static long count(DoctorReport report, State state) {
    return report.results().stream().filter(result -> result.state() == state).count();
  }

  private static View.Finding finding(DoctorReport.CheckResult result) {
    return new View.Finding(
        result.check().id(),
        result.check().severity().name().toLowerCase(Locale.ROOT),
        result.faults(),
        result.check().hint(),
        result.check().page());
  }

  private List<Fact> facts(Optional<ConsoleNode> node, List<Links.Link> links) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Links", PeersPage.summary("links", links, node.isPresent())));
    cluster().map(text -> fact("cluster", "Machines of this gateway", text)).ifPresent(facts::add);
    facts.add(fact("quarantine", "Quarantine", quarantine()));
    facts.add(fact("subscriptions", "Subscription furthest behind", subscriptions()));
    facts.add(
        fact(
            "certificate",
            "TLS certificate of this gateway ends",
            time("entente_tls_certificate_expiry_timestamp_seconds")));
    facts.add(
        fact(
            "bundle",
            "Trust bundle ends",
            time("entente_trust_bundle_expiry_timestamp_seconds")
                + value("entente_trust_bundle_version").map(it -> ", version " + it).orElse("")));
    facts.add(fact("keys", "First signing pair ends", of(node, OverviewPage::firstPair)));
    facts.add(fact("agreements", "First agreement ends", of(node, this::firstAgreement)));
    facts.add(
        fact(
            "log",
            "Audit log",
            value("entente_audit_leaves").map(it -> it + " leaves; signed ").orElse("signed ")
                + time("entente_audit_checkpoint_timestamp_seconds")));
    facts.add(fact("witnesses", "Witnesses of the log", witnesses()));
    return facts;
  }

  /** Empty if the gateway runs on one machine. */
  private Optional<String> cluster() {
    Map<String, Double> silences =
        sources.meters().values("entente_cluster_silent_seconds").stream()
            .collect(Collectors.toMap(one -> one.labelValues().get(0), Meters.Sample::value));
    List<String> machines =
        sources.meters().values("entente_cluster_behind_entries").stream()
            .map(one -> machine(one, Optional.ofNullable(silences.get(one.labelValues().get(0)))))
            .toList();
    return value("entente_cluster_term")
        .map(
            term ->
                "%s in term %d; %s"
                    .formatted(
                        value("entente_cluster_leads").orElse(0L) == 1
                            ? "this one leads"
                            : "this one does not lead",
                        term,
                        String.join("; ", machines)));
  }

  private static String machine(Meters.Sample behind, Optional<Double> silence) {
    return "%s %d entries behind%s"
        .formatted(
            behind.labelValues().get(0),
            (long) behind.value(),
            silence.map(it -> ", heard %d s ago".formatted(it.longValue())).orElse(""));
  }

  private static Fact fact(String id, String name, String text) {
    return new Fact(name, new Figure(id, "", text));
  }

  private static String of(Optional<ConsoleNode> node, Function<ConsoleNode, String> text) {
    return node.map(text).orElse(UNKNOWN);
  }

  private String quarantine() {
    List<Meters.Sample> steps = sources.meters().values("entente_quarantine_messages");
    long messages = (long) steps.stream().mapToDouble(Meters.Sample::value).sum();
    return steps.isEmpty() ? UNKNOWN : messages + " messages wait for a decision";
  }

  private String subscriptions() {
    return sources.meters().values("entente_subscription_lag_seconds").stream()
        .max(Comparator.comparingDouble(Meters.Sample::value))
        .map(OverviewPage::lag)
        .orElse("there is none");
  }

  private static String lag(Meters.Sample sample) {
    String name = sample.labelValues().get(1) + " of client " + sample.labelValues().get(0);
    return sample.value() == 0
        ? "none; all have passed all messages"
        : name + ", by " + (long) sample.value() + " s";
  }

  private String witnesses() {
    Optional<Long> keep = value("entente_audit_witnesses");
    return keep.isEmpty()
        ? UNKNOWN
        : "%d cosign in time, %d required; last cosigned %s"
            .formatted(
                keep.get(),
                value("entente_audit_witness_quorum").orElse(0L),
                time("entente_audit_cosigned_timestamp_seconds"));
  }

  private static String firstPair(ConsoleNode node) {
    return node.pairs().stream()
        .filter(PairState::getInForce)
        .map(pair -> Instant.ofEpochSecond(pair.getNotAfter().getSeconds()))
        .min(Comparator.naturalOrder())
        .map(TIME::format)
        .orElse("none is in use");
  }

  private String firstAgreement(ConsoleNode node) {
    Instant now = sources.clock().instant();
    return node.agreements().stream()
        .filter(agreement -> agreement.validity().includes(now))
        .filter(agreement -> agreement.validity().ends().isPresent())
        .min(Comparator.comparing(agreement -> agreement.validity().ends().orElse(Instant.MAX)))
        .map(OverviewPage::end)
        .orElse("none of those in force");
  }

  private static String end(Agreement agreement) {
    return TIME.format(agreement.validity().ends().orElse(Instant.MAX)) + ", " + agreement.id();
  }

  private String time(String gauge) {
    return value(gauge)
        .map(seconds -> seconds == 0 ? "never" : TIME.format(Instant.ofEpochSecond(seconds)))
        .orElse(UNKNOWN);
  }

  private Optional<Long> value(String gauge) {
    return sources.meters().values(gauge).stream().map(sample -> (long) sample.value()).findFirst();
  }
}
