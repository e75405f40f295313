package org.entente.gateway.meter;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
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
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;

/**
 * The gateway's metrics. Names carry their unit; labels take values from bounded sets only (codes,
 * lanes, member agencies), never free text, so that no client or peer can blow up their number or
 * write into them. What counts messages tells exercises from actual traffic, or leaves them out, so
 * that no rule about the one hears of the other. Safe for many threads.
 */
public final class Meters {
  private static final double[] SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  /** The label that tells training from actual traffic: true or false. */
  private static final String EXERCISE = "exercise";

  /** From a minute to a month: people answer. */
  private static final double[] ANSWER_SECONDS = {
    60, 600, 3_600, 14_400, 28_800, 86_400, 172_800, 259_200, 604_800, 1_209_600, 2_592_000
  };

  private final CollectorRegistry registry = new CollectorRegistry();
  private final Map<String, Collector> gauges = new ConcurrentHashMap<>();
  private final Counter published;
  private final Counter refused;
  private final Counter malformed;
  private final Counter decided;
  private final Counter received;
  private final Counter noDesk;
  private final Counter relayed;
  private final Counter delivered;
  private final Counter searched;
  private final Counter watchHits;
  private final Counter scored;
  private final Histogram scoredAfter;
  private final Counter opened;
  private final Counter alarms;
  private final Counter mishaps;
  private final Counter quarantineFull;
  private final Counter lost;
  private final Counter witnessed;
  private final Counter trustRefused;
  private final Counter connectionsClosed;
  private final Counter reopened;
  private final Counter committedBytes;
  private final Histogram commitSeconds;
  private final Histogram commitChanges;
  private final Histogram sealSeconds;
  private final Histogram openSeconds;
  private final Histogram answerSeconds;
  private final Counter reminders;

  /** A set of metrics of its own, with those of the Java machine. */
  public Meters() {
    DefaultExports.register(registry);
    published =
        counter(
            "entente_published_total",
            "Drafts by outcome, and whether they are exercises.",
            "outcome",
            EXERCISE);
    refused =
        counter(
            "entente_refused_total",
            "Refusals by side (egress, ingress, client, peer) and code.",
            "side",
            "code");
    malformed =
        counter(
            "entente_malformed_requests_total",
            "Requests and drafts that could not be parsed, by port (client, peer).",
            "side");
    decided =
        counter(
            "entente_held_decided_total",
            "Held messages by what became of them: released, denied, refused by policy, timed_out.",
            "verdict");
    received =
        counter(
            "entente_received_total",
            "Messages received and committed, by origin, and whether they are exercises.",
            "origin",
            EXERCISE);
    noDesk =
        counter(
            "entente_desk_unstaffed_total",
            "Messages received for desks at which no client of this agency sits; clients that sit at"
                + " no desk have them.");
    relayed =
        counter(
            "entente_relayed_total",
            "Envelopes taken into custody for others, by next hop.",
            "peer");
    delivered =
        counter(
            "entente_delivered_total",
            "Deliveries to subscribers, by whether the cursor was sent it before, and whether they are"
                + " exercises.",
            "kind",
            EXERCISE);
    searched =
        counter(
            "entente_searched_total",
            "Pages of searches that persons were shown (search), and messages that they opened (open).",
            "what");
    watchHits =
        counter(
            "entente_watch_hits_total",
            "Received messages that watches of clients hit, by whether they are exercises.",
            EXERCISE);
    scored =
        counter(
            "entente_scores_total",
            "Scores that clients gave received messages: the first of a model for a message (first),"
                + " a further version (changed), the same again (unchanged); and whether the messages"
                + " are exercises.",
            "result",
            EXERCISE);
    scoredAfter =
        histogram(
            "entente_scored_after_seconds",
            "Time from the receipt of a message to the first score of a model for it; without"
                + " exercises.",
            SECONDS);
    reminders =
        counter(
            "entente_request_reminders_total",
            "Reminders that this agency owes an answer, by cause (near: a part of the time is over;"
                + " overdue; asked_again: the other agency sent one) and the agency that asked.",
            "cause",
            "agency");
    opened = counter("entente_opened_total", "Envelopes whose labels were decrypted here.");
    alarms =
        counter("entente_alarms_total", "Alarms of links, audit logs and trust, by code.", "code");
    mishaps =
        counter(
            "entente_mishaps_total",
            "Failures of this gateway over single messages, by step: receiving, delivering, sending.",
            "step");
    quarantineFull =
        counter(
            "entente_quarantine_full_total",
            "Messages that would have been set aside if there were room; they stay where they are.");
    lost =
        counter(
            "entente_origin_lost_envelopes_total",
            "End-to-end numbers that never came and for which their origin owes nothing any more:"
                + " mail that a restored or lost ledger, here or there, has forgotten.",
            "agency",
            "lane");
    witnessed =
        counter(
            "entente_witness_requests_total",
            "Requests of other agencies' logs for a cosignature, by what was answered.",
            "log",
            "status");
    trustRefused =
        counter(
            "entente_trust_bundles_refused_total",
            "Trust bundles that peers handed over and that were refused, by which rule.",
            "fault");
    connectionsClosed =
        counter(
            "entente_connections_closed_total",
            "Connections closed for a limit, by port (client, peer) and limit: handshakes,"
                + " connections, caller.",
            "side",
            "limit");
    reopened =
        counter(
            "entente_ledger_reopened_total",
            "Times that the ledger was closed after a failure of its disk and opened again, by"
                + " whether that succeeded.",
            "result");
    committedBytes = counter("entente_ledger_committed_bytes_total", "Bytes committed.");
    commitSeconds =
        histogram("entente_ledger_commit_seconds", "Time of one synced commit.", SECONDS);
    commitChanges =
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
    sealSeconds = histogram("entente_seal_seconds", "Time to seal one envelope.", SECONDS);
    openSeconds = histogram("entente_open_seconds", "Time to open one received envelope.", SECONDS);
    answerSeconds =
        Histogram.build(
                "entente_request_answer_seconds",
                "Time from a request to its answer, LATER aside, by side (asked: this agency asked;"
                    + " owed: it was asked) and the other agency; without exercises.")
            .labelNames("side", "agency")
            .buckets(ANSWER_SECONDS)
            .register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.build(name, help).labelNames(labels).register(registry);
  }

  private Histogram histogram(String name, String help, double... buckets) {
    return Histogram.build(name, help).buckets(buckets).register(registry);
  }

  /** A draft had an outcome. */
  public void published(PublishResult outcome, boolean exercise) {
    published.labels(word(outcome), Boolean.toString(exercise)).inc();
  }

  /** A held message is not held any more. */
  public void decided(ReleaseResult verdict) {
    decided.labels(word(verdict)).inc();
  }

  /** Something was refused. */
  public void refused(Side side, Code code) {
    refused.labels(side.label, code.name()).inc();
  }

  /** A request, or a draft of a stream, could not be parsed. */
  public void malformed(Side side) {
    malformed.labels(side.label).inc();
  }

  /** Messages of a member were committed. */
  public void received(AgencyName origin, int messages, boolean exercise) {
    received.labels(origin.value(), Boolean.toString(exercise)).inc(messages);
  }

  /** A message came for desks at which nobody sits. */
  public void noDesk() {
    noDesk.inc();
  }

  /** An envelope was taken into custody. */
  public void relayed(AgencyName nextHop) {
    relayed.labels(nextHop.value()).inc();
  }

  /** A message was handed to a subscriber. */
  public void delivered(boolean again, boolean exercise) {
    delivered.labels(again ? "again" : "first", Boolean.toString(exercise)).inc();
  }

  /** A person was shown a page of a search. */
  public void searched() {
    searched.labels("search").inc();
  }

  /** A watch hit a received message. */
  public void watchHit(boolean exercise) {
    watchHits.labels(Boolean.toString(exercise)).inc();
  }

  /** A client scored a message. */
  public void scored(ScoreChange result, boolean exercise) {
    scored.labels(word(result), Boolean.toString(exercise)).inc();
  }

  /** A model scored a message for the first time, so long after it was received. */
  public void scoredAfter(double seconds) {
    scoredAfter.observe(seconds);
  }

  /** A person opened a message. */
  public void openedByPerson() {
    searched.labels("open").inc();
  }

  /** The labels of an envelope were decrypted. */
  public void opened() {
    opened.inc();
  }

  /** A member's log was answered as a witness, with a status of C2SP tlog-witness. */
  public void witnessed(AgencyName log, int status) {
    witnessed.labels(log.value(), Integer.toString(status)).inc();
  }

  /** A trust bundle of a peer was refused by one of the rules. */
  public void trustRefused(Enum<?> fault) {
    trustRefused.labels(fault.name()).inc();
  }

  /** A link, an audit log or two trust bundles raised an alarm. */
  public void alarm(Code code) {
    alarms.labels(code.name()).inc();
  }

  /** This gateway failed over one message. */
  public void mishap(Step step) {
    mishaps.labels(word(step)).inc();
  }

  /** There was no room to set something aside. */
  public void quarantineFull() {
    quarantineFull.inc();
  }

  /** So many numbers of an origin will never come. */
  public void lost(AgencyName origin, Lane lane, long numbers) {
    lost.labels(origin.value(), lane.name()).inc((double) numbers);
  }

  /** A connection was closed, or is about to be, for one of the limits of its port. */
  public void connectionClosed(Side side, Limit limit) {
    connectionsClosed.labels(side.label, word(limit)).inc();
  }

  /** The ledger was closed after a failure and opened again, or could not be opened. */
  public void reopened(boolean opened) {
    reopened.labels(opened ? "opened" : "failed").inc();
  }

  /** A batch was committed. */
  public void committed(int changes, long bytes, long nanos) {
    commitChanges.observe(changes);
    committedBytes.inc((double) bytes);
    commitSeconds.observe(nanos / 1e9);
  }

  /** An envelope was sealed. */
  public void sealed(long nanos) {
    sealSeconds.observe(nanos / 1e9);
  }

  /** A received envelope was verified and opened. */
  public void openedIn(long nanos) {
    openSeconds.observe(nanos / 1e9);
  }

  /** A request was answered, by this agency ({@code owed}) or another ({@code asked}). */
  public void answered(Enum<?> side, AgencyName agency, double seconds) {
    answerSeconds.labels(word(side), agency.value()).observe(seconds);
  }

  /** This agency was reminded of a request of another. */
  public void reminded(Reminder cause, AgencyName agency) {
    reminders.labels(word(cause), agency.value()).inc();
  }

  /** Why an agency is reminded that it owes an answer. */
  public enum Reminder {
    /** A part of the time is over. */
    NEAR,
    /** All of it is. */
    OVERDUE,
    /** The agency that asked sent a reminder. */
    ASKED_AGAIN
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** What became of a draft. */
  public enum PublishResult {
    /** For one recipient at least. */
    ACCEPTED,
    /** For all. */
    REFUSED,
    /** Until a second person decides. */
    HELD,
    /** Malformed, or not possible now. */
    INVALID
  }

  /** What became of a held message. */
  public enum ReleaseResult {
    /** By a second person. */
    RELEASED,
    /** By a second person. */
    DENIED,
    /** By policy, when it was released. */
    REFUSED,
    /** By nobody in time. */
    TIMED_OUT
  }

  /** What a score changed. */
  public enum ScoreChange {
    /** The first of its client and model for the message. */
    FIRST,
    /** A further version. */
    CHANGED,
    /** Nothing. */
    UNCHANGED
  }

  /** What a message was at when this gateway failed over it. */
  public enum Step {
    /** From a peer. */
    RECEIVING,
    /** To a subscriber. */
    DELIVERING,
    /** To a peer. */
    SENDING
  }

  /** For which limit a connection ends. */
  public enum Limit {
    /** Those of a port. */
    CONNECTIONS,
    /** Those whose handshake is not over. */
    HANDSHAKES,
    /** Those of one client or agency. */
    CALLER,
    /** Places that are kept for agencies without a connection. */
    RESERVED,
    /** Frames that carry nothing. */
    FRAMES
  }

  /** Who refused, or whom. */
  public enum Side {
    /** Policy, a draft of an own client. */
    EGRESS("egress"),
    /** Policy, a message of a peer. */
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
   * Registers a gauge whose samples are read at each scrape, instead of one of the same name; the
   * source must be quick.
   */
  public void gauge(
      String name, String help, List<String> labelNames, Supplier<List<Sample>> source) {
    Collector gauge =
        new Collector() {
          @Override
          public List<MetricFamilySamples> collect() {
            List<MetricFamilySamples.Sample> samples = new ArrayList<>();
            for (Sample sample : source.get()) {
              samples.add(
                  new MetricFamilySamples.Sample(
                      name, labelNames, sample.labelValues(), sample.value()));
            }
            return List.of(new MetricFamilySamples(name, Type.GAUGE, help, samples));
          }
        };
    gauges.compute(
        name,
        (same, before) -> {
          if (before != null) {
            registry.unregister(before);
          }
          registry.register(gauge);
          return gauge;
        });
  }

  /** Withdraws all gauges, for what they read is about to be closed; counters stay. */
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
