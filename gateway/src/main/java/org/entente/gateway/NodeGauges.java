package org.entente.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.transmit.Routes;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.gateway.trust.TrustStore;

/** Gauges that are read off the parts at each scrape. */
final class NodeGauges {
  private static final List<String> PEER_LANE = List.of("peer", "lane");

  private NodeGauges() {}

  static void register(
      Meters meters,
      Ledger ledger,
      Routes routes,
      PeerLinks links,
      Subscriptions subscriptions,
      AuditLog audit,
      TrustStore trust) {
    meters.gauge(
        "entente_link_backlog_envelopes",
        "Envelopes queued for a peer.",
        PEER_LANE,
        () -> perLane(routes, (peer, lane) -> ledger.hops().depth(peer, lane)));
    meters.gauge(
        "entente_link_oldest_timestamp_seconds",
        "When the oldest queued envelope was queued; 0 if none is.",
        PEER_LANE,
        () -> perLane(routes, (peer, lane) -> ledger.hops().oldestMillis(peer, lane) / 1e3));
    meters.gauge(
        "entente_link_up",
        "Whether the link to a peer is up.",
        List.of("peer"),
        () -> links.status().stream().map(NodeGauges::up).toList());
    meters.gauge(
        "entente_subscribers",
        "Cursors that are open.",
        List.of(),
        () -> List.of(Sample.of(subscriptions.count())));
    meters.gauge(
        "entente_ledger_waiting_changes",
        "Changes that wait for the disk.",
        List.of(),
        () -> List.of(Sample.of(ledger.waiting())));
    meters.gauge(
        "entente_held_messages",
        "Messages that wait for a second person's release.",
        List.of(),
        () -> List.of(Sample.of(ledger.held().count())));
    meters.gauge(
        "entente_held_oldest_timestamp_seconds",
        "Since when the oldest of them waits; 0 if none does.",
        List.of(),
        () -> List.of(Sample.of(ledger.held().oldestMillis() / 1e3)));
    meters.gauge(
        "entente_audit_leaves",
        "Leaves of the audit log.",
        List.of(),
        () -> List.of(Sample.of((double) audit.head().size())));
    meters.gauge(
        "entente_trust_bundle_version",
        "Version of the trust bundle in force.",
        List.of(),
        () -> List.of(Sample.of((double) trust.current().version())));
  }

  static Sample waiting(AgencyName agency, WaitingRecipients waiting) {
    return new Sample(List.of(agency.value()), waiting.isWaiting(agency) ? 1 : 0);
  }

  private static Sample up(PeerStatus status) {
    return new Sample(List.of(status.peer().value()), status.up() ? 1 : 0);
  }

  private static List<Sample> perLane(Routes routes, ToDoubleBiFunction<AgencyName, Lane> value) {
    List<Sample> out = new ArrayList<>();
    for (AgencyName peer : routes.links()) {
      for (Lane lane : Lane.all()) {
        out.add(Sample.of(peer, lane, value.applyAsDouble(peer, lane)));
      }
    }
    return out;
  }
}
