package org.entente.gateway.meter;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import io.prometheus.client.Info;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BuildVersion;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;

/**
 * The gateway's metrics. Names carry their unit; labels take values from bounded sets only (codes,
 * lanes, member agencies), never free text, so that no client or peer can multiply or forge them.
 * Metrics of messages distinguish exercises from actual traffic, or omit them, so that alert rules
 * never mix the two. Safe for many threads.
 */
public final class Meters {
  private static final double[] SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  /** The label for training traffic: true or false. */
  private static final String EXERCISE = "exercise";

  /** From a minute to a month, as people write the answers. */
  private static final double[] ANSWER_SECONDS = {
    60, 600, 3_600, 14_400, 28_800, 86_400, 172_800, 259_200, 604_800, 1_209_600, 2_592_000
  };

  private final CollectorRegistry registry = new CollectorRegistry();
  private final Map<String, Collector> gauges = new ConcurrentHashMap<>();
  private final Counter published =
      counter(
          "entente_published_total", "Drafts, by outcome and by exercise.", "outcome", EXERCISE);
  private final Counter refused =
      counter(
          "entente_refused_total",
          "Refusals by side (egress, ingress, client, peer) and code.",
          "side",
          "code");
  private final Counter handshakesRefused =
      counter(
          "entente_handshakes_refused_total",
          "TLS handshakes refused for the other side's certificate, by port (client, peer) and"
              + " code.",
          "side",
          "code");
  private final Counter malformed =
      counter(
          "entente_malformed_requests_total",
          "Requests and drafts that could not be parsed, by port (client, peer).",
          "side");
  private final Counter decided =
      counter(
          "entente_held_decided_total",
          "Decisions on held messages: released, denied, refused (by policy), timed_out.",
          "verdict");
  private final Counter received =
      counter(
          "entente_received_total",
          "Messages received and committed, by origin and by exercise.",
          "origin",
          EXERCISE);
  private final Counter noDesk =
      counter(
          "entente_desk_unstaffed_total",
          "Messages received for desks without a client at this agency; clients without desks"
              + " get them.");
  private final Counter relayed =
      counter(
          "entente_relayed_total", "Envelopes taken into custody for others, by next hop.", "peer");
  private final Counter delivered =
      counter(
          "entente_delivered_total",
          "Deliveries to subscribers, by first or repeated delivery to the cursor, and by"
              + " exercise.",
          "kind",
          EXERCISE);
  private final Counter searched =
      counter(
          "entente_searched_total",
          "Search result pages shown to persons (search), and messages opened by them (open).",
          "what");
  private final Counter watchHits =
      counter(
          "entente_watch_hits_total",
          "Received messages that matched clients' watches, by exercise.",
          EXERCISE);
  private final Counter watchHitsLost =
      counter(
          "entente_watch_hits_lost_total",
          "Hits that their client had not read yet, displaced by hits of messages from this"
              + " agency.",
          "origin");
  private final Counter scored =
      counter(
          "entente_scores_total",
          "Clients' scores of received messages, by result (first: a model's first score for a"
              + " message; changed: another version; unchanged: a repetition) and by exercise.",
          "result",
          EXERCISE);
  private final Histogram scoredAfter =
      histogram(
          "entente_scored_after_seconds",
          "Time from the receipt of a message to a model's first score for it; without"
              + " exercises.",
          SECONDS);
  private final Counter reminders =
      counter(
          "entente_request_reminders_total",
          "Reminders of answers that this agency owes, by cause (near: the deadline approaches;"
              + " overdue: it has passed; asked_again: the other agency sent one) and requesting"
              + " agency.",
          "cause",
          "agency");
  private final Counter opened =
      counter("entente_opened_total", "Envelopes whose labels were decrypted here.");
  private final Counter alarms =
      counter("entente_alarms_total", "Alarms of links, audit logs and trust, by code.", "code");
  private final Counter mishaps =
      counter(
          "entente_mishaps_total",
          "Failures to process single messages, by step: receiving, delivering, sending.",
          "step");
  private final Counter quarantineFull =
      counter(
          "entente_quarantine_full_total",
          "Messages not quarantined because the quarantine was full; they stay where they are.");
  private final Counter lost =
      counter(
          "entente_origin_lost_envelopes_total",
          "End-to-end numbers that never arrived and that their origin no longer has queued:"
              + " mail lost by a restored or lost ledger, here or there.",
          "agency",
          "lane");
  private final Counter conflicts =
      counter(
          "entente_origin_conflict_envelopes_total",
          "Envelopes sent under a number under which their recipient holds other content; they go"
              + " again under another number.",
          "agency",
          "lane");
  private final Counter unconfirmed =
      counter(
          "entente_origin_unconfirmed_envelopes_total",
          "Envelopes sent again because their recipient acknowledged or refused them at least twice"
              + " over its own link, or asked for them again for minutes, but no statement signed"
              + " by its gateway names them.",
          "agency",
          "lane");
  private final Counter witnessed =
      counter(
          "entente_witness_requests_total",
          "Cosignature requests of other agencies' logs, by status of the answer.",
          "log",
          "status");
  private final Counter trustRefused =
      counter(
          "entente_trust_bundles_refused_total",
          "Trust bundles from peers that were refused, by violated rule.",
          "fault");
  private final Counter connectionsClosed =
      counter(
          "entente_connections_closed_total",
          "Connections closed for a limit, by port (client, peer) and limit: handshakes,"
              + " connections, caller.",
          "side",
          "limit");
  private final Counter reopened =
      counter(
          "entente_ledger_reopened_total",
          "Attempts to reopen the ledger after a failure of its disk, by result.",
          "result");
  private final Counter committedBytes =
      counter("entente_ledger_committed_bytes_total", "Bytes committed.");
  private final Counter spans =
      counter(
          "entente_trace_spans_total",
          "Spans of traced messages, by result: exported; failed (the collector did not take them);"
              + " dropped (the queue was full).",
          "result");
  private final Counter untraced =
      counter(
          "entente_trace_limited_total",
          "Messages not traced because their client or agency has reached its rate, by side"
              + " (client, peer).",
          "side");
  private final Histogram commitSeconds =
      histogram("entente_ledger_commit_seconds", "Time of one synced commit.", SECONDS);
  private final Histogram commitChanges =
      histogram(
          "entente_ledger_commit_changes",
          "Changes in one commit.",
          1,
          2,
          4,
          8,
          16,
          32,
          64,
          128,
          256,
          512,
          1024);
  private final Histogram sealSeconds =
      histogram("entente_seal_seconds", "Time to seal one envelope.", SECONDS);
  private final Histogram openSeconds =
      histogram("entente_open_seconds", "Time to open one received envelope.", SECONDS);
  private final Histogram answerSeconds =
      Histogram.build(
              "entente_request_answer_seconds",
              "Time from a request to its answer (LATER does not count), by side (asked: sent by"
                  + " this agency; owed: received by it) and the other agency; without"
                  + " exercises.")
          .labelNames("side", "agency")
          .buckets(ANSWER_SECONDS)
          .register(registry);

  /** Creates a separate set of metrics, with those of the JVM. */
  public Meters() {
    DefaultExports.register(registry);
    registry.register(new AllocatedBytes());
    Info.build("entente_build", "The version that runs.")
        .register(registry)
        .info("version", BuildVersion.CURRENT);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.build(name, help).labelNames(labels).register(registry);
  }

  private Histogram histogram(String name, String help, double... buckets) {
    return Histogram.build(name, help).buckets(buckets).register(registry);
  }

  /** Counts the outcome of a draft. */
  public void published(PublishResult outcome, boolean exercise) {
    published.labels(word(outcome), Boolean.toString(exercise)).inc();
  }

  /** Counts the decision on a held message. */
  public void decided(ReleaseResult verdict) {
    decided.labels(word(verdict)).inc();
  }

  /** Counts a refusal. */
  public void refused(Side side, Code code) {
    refused.labels(side.label, code.name()).inc();
  }

  /** Counts a refused handshake, also among the refusals. */
  public void handshakeRefused(Side side, Code code) {
    refused(side, code);
    handshakesRefused.labels(side.label, code.name()).inc();
  }

  /** Counts a request, or a draft of a stream, that could not be parsed. */
  public void malformed(Side side) {
    malformed.labels(side.label).inc();
  }

  /** Counts committed messages of a member. */
  public void received(AgencyName origin, int messages, boolean exercise) {
    received.labels(origin.value(), Boolean.toString(exercise)).inc(messages);
  }

  /** Counts a message for desks without a client. */
  public void noDesk() {
    noDesk.inc();
  }

  /** Counts an envelope taken into custody. */
  public void relayed(AgencyName nextHop) {
    relayed.labels(nextHop.value()).inc();
  }

  /** Counts a delivery to a subscriber. */
  public void delivered(boolean again, boolean exercise) {
    delivered.labels(again ? "again" : "first", Boolean.toString(exercise)).inc();
  }

  /** Counts a search result page shown to a person. */
  public void searched() {
    searched.labels("search").inc();
  }

  /** Counts a watch's hit. */
  public void watchHit(boolean exercise) {
    watchHits.labels(Boolean.toString(exercise)).inc();
  }

  /** Counts hits that their client had not read, displaced by those of an origin. */
  public void watchHitsLost(AgencyName origin, long hits) {
    watchHitsLost.labels(origin.value()).inc((double) hits);
  }

  /** Counts a client's score. */
  public void scored(ScoreChange result, boolean exercise) {
    scored.labels(word(result), Boolean.toString(exercise)).inc();
  }

  /** Records the time from a message's receipt to a model's first score. */
  public void scoredAfter(double seconds) {
    scoredAfter.observe(seconds);
  }

  /** Counts a message opened by a person. */
  public void openedByPerson() {
    searched.labels("open").inc();
  }

  /** Counts an envelope whose labels were decrypted. */
  public void opened() {
    opened.inc();
  }

  /** Counts a witness's answer to a member's log, by its C2SP tlog-witness status. */
  public void witnessed(AgencyName log, int status) {
    witnessed.labels(log.value(), Integer.toString(status)).inc();
  }

  /** Counts a peer's trust bundle refused by a rule. */
  public void trustRefused(Enum<?> fault) {
    trustRefused.labels(fault.name()).inc();
  }

  /** Counts an alarm of a link, an audit log or trust. */
  public void alarm(Code code) {
    alarms.labels(code.name()).inc();
  }

  /** Counts a failure to process one message. */
  public void mishap(Step step) {
    mishaps.labels(word(step)).inc();
  }

  /** Counts a message not quarantined for lack of room. */
  public void quarantineFull() {
    quarantineFull.inc();
  }

  /** Counts numbers of an origin that will never arrive. */
  public void lost(AgencyName origin, Lane lane, long numbers) {
    lost.labels(origin.value(), lane.name()).inc((double) numbers);
  }

  /** Counts an envelope in whose place its recipient holds something else. */
  public void conflict(AgencyName recipient, Lane lane) {
    conflicts.labels(recipient.value(), lane.name()).inc();
  }

  /** Counts an envelope that its recipient answered and never confirmed by a signature. */
  public void unconfirmed(AgencyName recipient, Lane lane) {
    unconfirmed.labels(recipient.value(), lane.name()).inc();
  }

  /** Counts a connection closed because of a limit of its port. */
  public void connectionClosed(Side side, Limit limit) {
    connectionsClosed.labels(side.label, word(limit)).inc();
  }

  /** Counts an attempt to reopen the ledger after a failure. */
  public void reopened(boolean opened) {
    reopened.labels(opened ? "opened" : "failed").inc();
  }

  /** Records a committed batch. */
  public void committed(int changes, long bytes, long nanos) {
    commitChanges.observe(changes);
    committedBytes.inc((double) bytes);
    commitSeconds.observe(nanos / 1e9);
  }

  /** Counts spans that have left the queue, or did not enter it. */
  public void spans(SpanResult result, int count) {
    spans.labels(word(result)).inc(count);
  }

  /** Counts a message that is over the rate of traces of its client or agency. */
  public void untraced(Side side) {
    untraced.labels(side.label).inc();
  }

  /** Results of a span. */
  public enum SpanResult {
    /** The collector took it. */
    EXPORTED,
    /** The collector refused it or could not be reached. */
    FAILED,
    /** The queue was full. */
    DROPPED
  }

  /** Records the sealing time of an envelope. */
  public void sealed(long nanos) {
    sealSeconds.observe(nanos / 1e9);
  }

  /** Records the time to verify and open a received envelope. */
  public void openedIn(long nanos) {
    openSeconds.observe(nanos / 1e9);
  }

  /** Records the time to an answer, by this agency ({@code owed}) or another ({@code asked}). */
  public void answered(Enum<?> side, AgencyName agency, double seconds) {
    answerSeconds.labels(word(side), agency.value()).observe(seconds);
  }

  /** Counts a reminder of another agency's request. */
  public void reminded(Reminder cause, AgencyName agency) {
    reminders.labels(word(cause), agency.value()).inc();
  }

  /** Causes of a reminder of an owed answer. */
  public enum Reminder {
    /** The deadline approaches. */
    NEAR,
    /** The deadline has passed. */
    OVERDUE,
    /** The requesting agency sent a reminder. */
    ASKED_AGAIN
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Outcomes of a draft. */
  public enum PublishResult {
    /** Accepted for at least one recipient. */
    ACCEPTED,
    /** Refused for all recipients. */
    REFUSED,
    /** Held until a second person decides. */
    HELD,
    /** Malformed, or not possible now. */
    INVALID,
    /** The gateway failed, and gave no outcome. */
    FAILED
  }

  /** Decisions on a held message. */
  public enum ReleaseResult {
    /** By a second person. */
    RELEASED,
    /** By a second person. */
    DENIED,
    /** Refused by policy on release. */
    REFUSED,
    /** Not decided in time. */
    TIMED_OUT
  }

  /** Effects of a score. */
  public enum ScoreChange {
    /** The first of its client and model for the message. */
    FIRST,
    /** A further version. */
    CHANGED,
    /** No change. */
    UNCHANGED
  }

  /** The processing step that failed. */
  public enum Step {
    /** Receiving from a peer. */
    RECEIVING,
    /** Delivering to a subscriber. */
    DELIVERING,
    /** Sending to a peer. */
    SENDING
  }

  /** Limits for which a connection ends. */
  public enum Limit {
    /** The connections of a port. */
    CONNECTIONS,
    /** Connections with an unfinished handshake. */
    HANDSHAKES,
    /** Those of one client or agency. */
    CALLER,
    /** Places that are kept for agencies without a connection. */
    RESERVED,
    /** Frames that carry nothing. */
    FRAMES
  }

  /** The side of a refusal. */
  public enum Side {
    /** Policy refused a draft of an own client. */
    EGRESS("egress"),
    /** Policy refused a message of a peer. */
    INGRESS("ingress"),
    /** A malformed or disallowed call of a client. */
    CLIENT("client"),
    /** A malformed or disallowed frame of a peer. */
    PEER("peer");

    private final String label;

    Side(String label) {
      this.label = label;
    }
  }

  /** A value read at each scrape. */
  public record Sample(List<String> labelValues, double value) {
    public Sample {
      labelValues = List.copyOf(labelValues);
    }

    /** A sample by peer and lane. */
    public static Sample of(AgencyName peer, Lane lane, double value) {
      return new Sample(List.of(peer.value(), lane.name()), value);
    }

    /** A sample without labels. */
    public static Sample of(double value) {
      return new Sample(List.of(), value);
    }
  }

  /**
   * Registers a gauge whose samples are read at each scrape, replacing one of the same name; the
   * source must be quick.
   */
  public void gauge(
      String name, String help, List<String> labelNames, Supplier<List<Sample>> source) {
    read(name, Collector.Type.GAUGE, help, labelNames, source);
  }

  /** The same for values that only rise. */
  public void counter(
      String name, String help, List<String> labelNames, Supplier<List<Sample>> source) {
    read(name, Collector.Type.COUNTER, help, labelNames, source);
  }

  private void read(
      String name,
      Collector.Type type,
      String help,
      List<String> labelNames,
      Supplier<List<Sample>> source) {
    Collector read =
        new Collector() {
          @Override
          public List<MetricFamilySamples> collect() {
            List<MetricFamilySamples.Sample> samples = new ArrayList<>();
            for (Sample sample : source.get()) {
              samples.add(
                  new MetricFamilySamples.Sample(
                      name, labelNames, sample.labelValues(), sample.value()));
            }
            return List.of(new MetricFamilySamples(name, type, help, samples));
          }
        };
    gauges.compute(
        name,
        (same, before) -> {
          if (before != null) {
            registry.unregister(before);
          }
          registry.register(read);
          return read;
        });
  }

  /** Removes all gauges before their sources are closed; counters stay. */
  public void withdrawGauges() {
    gauges
        .keySet()
        .forEach(
            name ->
                gauges.computeIfPresent(
                    name,
                    (same, gauge) -> {
                      registry.unregister(gauge);
                      return null;
                    }));
  }

  /** The samples of a gauge now; none if there is no gauge of this name. */
  public List<Sample> values(String gauge) {
    Collector source = gauges.get(gauge);
    return source == null ? List.of() : samples(source, gauge);
  }

  /** Refusals since the start, by side and code. */
  public List<Sample> refusals() {
    return samples(refused, "entente_refused_total");
  }

  private static List<Sample> samples(Collector source, String name) {
    return source.collect().stream()
        .flatMap(family -> family.samples.stream())
        .filter(sample -> sample.name.equals(name))
        .map(sample -> new Sample(sample.labelValues, sample.value))
        .toList();
  }

  /** All metrics in the Prometheus text format 0.0.4. */
  public String text() {
    StringWriter out = new StringWriter();
    try {
      TextFormat.write004(out, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /** Media type of {@link #text}. */
  public static String contentType() {
    return TextFormat.CONTENT_TYPE_004;
  }
}
