package org.entente.gateway.node.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.node.console.ConsoleNode.Destination;
import org.entente.gateway.node.console.ConsoleNode.Destination.Standing;
import org.entente.gateway.node.console.View.Figure;

/** The page of the federation's map. */
final class MapPage {
  private final ConsoleSources sources;

  MapPage(ConsoleSources sources) {
    this.sources = sources;
  }

  View view(View.Frame frame) {
    Optional<ConsoleNode> node = sources.node().get();
    Map<AgencyName, Links.Link> links =
        node.map(ConsoleNode::links).orElse(List.of()).stream()
            .collect(Collectors.toMap(Links.Link::peer, Function.identity()));
    List<Destination> all = node.map(ConsoleNode::destinations).orElse(List.of());
    return new MapView(
        frame,
        sources.self().agency().toString(),
        summary(all, node.isPresent()),
        all.stream().map(one -> place(one, Optional.ofNullable(links.get(one.agency())))).toList());
  }

  private static Figure summary(List<Destination> all, boolean open) {
    if (!open) {
      return new Figure("map", "bad", "The node is being reopened, so no mail flows");
    }
    List<Destination> known = all.stream().filter(MapPage::isKnown).toList();
    long reached = known.stream().filter(one -> !one.open().isEmpty()).count();
    String state = reached == known.size() ? "good" : reached == 0 ? "bad" : "warn";
    return new Figure(
        "map", state, "Mail can flow to %d of %d agencies".formatted(reached, known.size()));
  }

  /** A peer that is only in the configuration is misspelt, has left, or has not joined yet. */
  private static boolean isKnown(Destination one) {
    return one.standing() != Standing.UNKNOWN;
  }

  private static MapView.Place place(Destination one, Optional<Links.Link> link) {
    String agency = one.agency().value();
    return new MapView.Place(
        agency,
        role(one, link.isPresent()),
        one.hops().stream().map(AgencyName::value).toList(),
        link.map(it -> PeersPage.state(agency, it))
            .orElse(new Figure(agency + ".state", "", "no link")),
        flow(one));
  }

  private static String role(Destination one, boolean isLinked) {
    return switch (one.standing()) {
      case UNKNOWN -> "unknown";
      case TRANSIT -> "transit";
      case KNOWN -> isLinked ? "peer" : one.hops().isEmpty() ? "out of reach" : "behind a transit";
    };
  }

  private static Figure flow(Destination one) {
    String id = one.agency() + ".flow";
    List<Lane> open = one.open();
    if (!isKnown(one)) {
      return new Figure(id, "warn", "no: not in the trust bundle");
    }
    if (open.isEmpty()) {
      return new Figure(id, "bad", one.hops().isEmpty() ? "no: no path" : "no");
    }
    if (open.size() == Lane.all().size()) {
      return new Figure(id, "good", "yes");
    }
    return new Figure(
        id, "warn", "only " + open.stream().map(Lane::name).collect(Collectors.joining(", ")));
  }
}
