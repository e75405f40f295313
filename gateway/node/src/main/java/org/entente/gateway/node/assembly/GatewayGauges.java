package org.entente.gateway.node.assembly;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.policy.decide.CacheFigures;
import org.entente.gateway.retention.MessageErasure;
import org.entente.gateway.store.Table;
import org.entente.gateway.transmit.GapWatch;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.transmit.WaitingRecipients;

/** Gauges read from the node's parts at each scrape. */
final class GatewayGauges {
  private static final List<String> PEER_LANE = List.of("peer", "lane");

  private GatewayGauges() {}

  static void register(
      Foundation ground,
      OutgoingStage outgoing,
      IncomingStage incoming,
      ServiceStage services,
      PeerLinks links) {
    Meters meters = ground.around.meters();
    ofLinks(meters, ground.ledger, outgoing.routes, links);
    ofMail(meters, ground, outgoing);
    ofRequests(meters, ground);
    ofServices(meters, services);
    ofNode(meters, ground);
    ofErasures(meters, ground, incoming.erasing);
  }

  private static void ofNode(Meters meters, Foundation ground) {
    meters.gauge(
        "entente_policy_files_refused",
        "Whether the policy files are invalid, so that the previous policy remains in force.",
        List.of(),
        () -> List.of(Sample.of(ground.policy.refuses() ? 1 : 0)));
    meters.counter(
        "entente_policy_cache_total",
        "Rulings taken from the cache (hit), made and kept in it (miss), and dropped from it"
            + " (eviction) since the policy came into force.",
        List.of("event"),
        () -> cacheEvents(ground.policy.current().cacheFigures()));
    meters.gauge(
        "entente_policy_cache_rulings",
        "Rulings in the cache.",
        List.of(),
        () -> List.of(Sample.of((double) ground.policy.current().cacheFigures().entries())));
    meters.gauge(
        "entente_ledger_waiting_changes",
        "Changes waiting to be written to disk.",
        List.of(),
        () -> List.of(Sample.of(ground.ledger.waiting())));
    meters.gauge(
        "entente_ledger_unreadable_records",
        "Unreadable queue records, which are skipped.",
        List.of("table"),
        () ->
            Stream.of(Table.OUTBOX, Table.HOP_OUT, Table.HELD, Table.REQUEST, Table.IPR)
                .map(
                    table ->
                        new Sample(List.of(table.name()), ground.ledger.unreadable().count(table)))
                .toList());
    meters.gauge(
        "entente_audit_leaves",
        "Leaves of the audit log.",
        List.of(),
        () -> List.of(Sample.of((double) ground.audit.log().head().size())));
    meters.gauge(
        "entente_clock_doubted",
        "Whether the clock jumped forward, or is past the end of the trust bundle's grace; until"
            + " resolved, nothing expires by it.",
        List.of(),
        () -> List.of(Sample.of(ground.ending.doubts() ? 1 : 0)));
  }

  private static List<Sample> cacheEvents(CacheFigures figures) {
    return List.of(
        new Sample(List.of("hit"), (double) figures.hits()),
        new Sample(List.of("miss"), (double) figures.misses()),
        new Sample(List.of("eviction"), (double) figures.evictions()));
  }

  private static void ofServices(Meters meters, ServiceStage services) {
    meters.gauge(
        "entente_subscribers",
        "Cursors that are open.",
        List.of(),
        () -> List.of(Sample.of(services.subscriptions.count())));
  }

  /** What an operator should look at. */
  static List<String> unreadable(UnreadableRecords records) {
    List<String> all = records.list();
    return all.isEmpty()
        ? List.of()
        : List.of(
            "ledger: %d queue records cannot be read and are skipped; the first is %s"
                .formatted(all.size(), all.get(0)));
  }

  private static void ofLinks(Meters meters, Ledger ledger, RoutingTable routes, PeerLinks links) {
    meters.gauge(
        "entente_link_backlog_envelopes",
        "Envelopes queued for a peer.",
        PEER_LANE,
        () -> perLane(routes, (peer, lane) -> ledger.hops().depth(peer, lane)));
    meters.gauge(
        "entente_link_undelivered_bytes",
        "Bytes of messages for a peer that it does not hold yet, also before they are queued.",
        PEER_LANE,
        () -> perLane(routes, (peer, lane) -> ledger.outbox().laneBytes(peer, lane)));
    meters.gauge(
        "entente_link_oldest_timestamp_seconds",
        "When the oldest queued envelope was queued; 0 if none is.",
        PEER_LANE,
        () -> perLane(routes, (peer, lane) -> ledger.hops().oldestMillis(peer, lane) / 1e3));
    meters.counter(
        "entente_link_answered_envelopes_total",
        "Envelopes that a peer has answered, since its lane's first.",
        PEER_LANE,
        () -> perLane(routes, (peer, lane) -> ledger.hops().first(peer, lane) - 1));
    meters.gauge(
        "entente_link_round_trip_seconds",
        "Time from sending an envelope to a peer's answer, which includes its commit; smoothed,"
            + " and absent before the first.",
        PEER_LANE,
        () -> links.status().stream().flatMap(GatewayGauges::roundTrips).toList());
    meters.gauge(
        "entente_link_up",
        "Whether the link to a peer is up.",
        List.of("peer"),
        () -> links.status().stream().map(GatewayGauges::up).toList());
    meters.counter(
        "entente_transit_bypassed_total",
        "Envelopes that a transit did not bring to their recipient in time, and another did.",
        List.of("transit"),
        () -> bypassed(routes));
  }

  private static List<Sample> bypassed(RoutingTable routes) {
    return routes.bypassed().entrySet().stream()
        .map(one -> new Sample(List.of(one.getKey().value()), one.getValue()))
        .toList();
  }

  private static void ofErasures(Meters meters, Foundation ground, MessageErasure erasing) {
    meters.gauge(
        "entente_erasures_stuck",
        "Messages whose erasure has begun and fails; it is tried again every minute.",
        List.of(),
        () -> List.of(Sample.of(erasing.stuck())));
    meters.gauge(
        "entente_erased_pages_waiting",
        "Stored pages that still hold ciphertext of erased messages, whose keys are destroyed, by"
            + " origin.",
        List.of("origin"),
        () ->
            ground.otherMembers().stream()
                .map(
                    origin ->
                        new Sample(
                            List.of(origin.value()),
                            ground.ledger.retention().pagesToRewrite(origin)))
                .toList());
  }

  private static void ofMail(Meters meters, Foundation ground, OutgoingStage outgoing) {
    meters.gauge(
        "entente_recipient_waiting",
        "Whether messages for an agency wait outside the queues because it has no key or no route.",
        List.of("recipient"),
        () -> ground.otherMembers().stream().map(a -> waiting(a, outgoing.waiting)).toList());
    meters.gauge(
        "entente_origin_gap_messages",
        "End-to-end numbers missing for more than a minute although later ones arrived, by end: at"
            + " this gateway (recipient), or as reported by the agency (origin).",
        List.of("end", "agency", "lane"),
        () -> gaps(outgoing.gaps.watch().overdue()));
    meters.gauge(
        "entente_recalls_waiting",
        "Recalls of messages not received yet, which will be refused on arrival, by origin.",
        List.of("origin"),
        () ->
            ground.otherMembers().stream()
                .map(
                    origin ->
                        new Sample(
                            List.of(origin.value()), ground.ledger.retention().blocks(origin)))
                .toList());
  }

  private static void ofRequests(Meters meters, Foundation ground) {
    meters.gauge(
        "entente_unopened_messages",
        "Messages that no recipient client opened in time or since, counted for at most seven"
            + " days; without exercises.",
        List.of("recipient", "lane"),
        () -> unopened(ground));
  }

  private static List<Sample> unopened(Foundation ground) {
    List<Sample> out = new ArrayList<>();
    for (AgencyName recipient : ground.otherMembers()) {
      for (Lane lane : Lane.all()) {
        out.add(
            Sample.of(recipient, lane, ground.ledger.awaited().unopened(recipient.value(), lane)));
      }
    }
    return out;
  }

  private static Sample waiting(AgencyName agency, WaitingRecipients waiting) {
    return new Sample(List.of(agency.value()), waiting.isWaiting(agency) ? 1 : 0);
  }

  private static List<Sample> gaps(List<GapWatch.Gap> overdue) {
    Map<GapWatch.Place, Long> missing = new LinkedHashMap<>();
    overdue.forEach(gap -> missing.merge(gap.place(), gap.missing(), Long::sum));
    return missing.entrySet().stream().map(one -> gap(one.getKey(), one.getValue())).toList();
  }

  private static Sample gap(GapWatch.Place place, long missing) {
    String end = place.end().name().toLowerCase(Locale.ROOT);
    return new Sample(List.of(end, place.agency().value(), place.lane().name()), missing);
  }

  private static Sample up(PeerStatus status) {
    return new Sample(List.of(status.peer().value()), status.up() ? 1 : 0);
  }

  private static Stream<Sample> roundTrips(PeerStatus status) {
    return status.lanes().stream()
        .flatMap(
            lane ->
                lane.roundTrip().stream()
                    .map(time -> Sample.of(status.peer(), lane.lane(), time.toNanos() / 1e9)));
  }

  private static List<Sample> perLane(
      RoutingTable routes, ToDoubleBiFunction<AgencyName, Lane> value) {
    List<Sample> out = new ArrayList<>();
    for (AgencyName peer : routes.links()) {
      for (Lane lane : Lane.all()) {
        out.add(Sample.of(peer, lane, value.applyAsDouble(peer, lane)));
      }
    }
    return out;
  }
}
