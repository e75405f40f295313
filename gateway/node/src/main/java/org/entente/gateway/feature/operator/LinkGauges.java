package org.entente.gateway.feature.operator;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.proto.store.v1.LinkRecord;

/** Gauges and readiness warnings about paused links and stopped lanes. */
final class LinkGauges {
  private LinkGauges() {}

  static void register(Registry registry, Links links) {
    registry.warn(() -> warnings(links));
    Meters meters = registry.parts().environment().meters();
    meters.gauge(
        "entente_link_paused",
        "Whether a link is paused, by whose operator: this agency's (here) or the peer's (there).",
        List.of("peer", "by"),
        () -> links.list().stream().flatMap(link -> paused(link).stream()).toList());
    meters.gauge(
        "entente_link_stopped",
        "Whether an alarm stopped a lane, until an operator resumes it.",
        List.of("peer", "lane"),
        () -> links.list().stream().flatMap(link -> stopped(link).stream()).toList());
  }

  private static List<Sample> paused(Links.Link link) {
    boolean there = link.status() != null && link.status().pausedByPeer().isPresent();
    return List.of(
        new Sample(List.of(link.peer().value(), "here"), link.pausedSince().isPresent() ? 1 : 0),
        new Sample(List.of(link.peer().value(), "there"), there ? 1 : 0));
  }

  /** Whether a link that nobody paused here is down. */
  private static boolean isDown(Links.Link link) {
    return link.pausedSince().isEmpty() && (link.status() == null || !link.status().up());
  }

  private static List<Sample> stopped(Links.Link link) {
    return link.lanes().stream()
        .map(lane -> Sample.of(link.peer(), lane.lane(), lane.alarm() == null ? 0 : 1))
        .toList();
  }

  /**
   * Warnings of a ready node, whose other lanes continue. An intentional pause is not a warning.
   */
  private static List<String> warnings(Links links) {
    List<String> warnings = new ArrayList<>();
    if (links.list().stream().allMatch(LinkGauges::isDown)) {
      warnings.add(
          "link: none is up, so no mail leaves or arrives; `entente link list` names them");
    }
    for (Links.Link link : links.list()) {
      for (Links.LinkLane lane : link.lanes()) {
        LinkRecord alarm = lane.alarm();
        if (alarm != null) {
          warnings.add(
              "link: %s of %s is stopped by %s; `entente link resume` resumes it"
                  .formatted(lane.lane(), link.peer(), alarm.getCode()));
        }
      }
    }
    return warnings;
  }
}
