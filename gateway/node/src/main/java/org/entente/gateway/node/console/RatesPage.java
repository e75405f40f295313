package org.entente.gateway.node.console;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.link.LaneStatus;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.node.console.View.Figure;

/** The page with the rates and the latency of one link. */
final class RatesPage {
  private static final List<String> KINDS =
      List.of(
          "Envelopes a second, sent",
          "Envelopes a second, received",
          "Milliseconds until the peer acknowledges");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final ConsoleSources sources;
  private final RateHistory history;
  private final LinkRates rates = new LinkRates();

  RatesPage(ConsoleSources sources, RateHistory history) {
    this.sources = sources;
    this.history = history;
  }

  View view(PageRequest request) {
    Optional<ConsoleNode> node = sources.node().get();
    node.ifPresent(open -> rates.look(open, sources.nanos().getAsLong()));
    List<Links.Link> links = node.map(ConsoleNode::links).orElse(List.of());
    Optional<Links.Link> shown = shown(links, request.field("peer"));
    return new RatesView(
        request.frame(),
        shown.map(link -> link.peer().value()).orElse(""),
        links.stream().map(link -> link.peer().value()).toList(),
        KINDS,
        shown.map(this::now).orElse(List.of()),
        shown.map(link -> past(link.peer())).orElse(List.of()));
  }

  /** The named link, or the first that is up. */
  private static Optional<Links.Link> shown(List<Links.Link> links, String peer) {
    return links.stream()
        .filter(link -> link.peer().value().equals(peer))
        .findFirst()
        .or(() -> links.stream().filter(PeersPage::isUp).findFirst())
        .or(() -> links.stream().findFirst());
  }

  private List<RatesView.LaneNow> now(Links.Link link) {
    return link.lanes().stream().map(lane -> now(link.peer(), lane)).toList();
  }

  private RatesView.LaneNow now(AgencyName peer, Links.LinkLane lane) {
    LinkRates.Rate rate = rates.of(peer, lane.lane()).orElse(LinkRates.Rate.NONE);
    LaneStatus status = lane.status();
    String time =
        Optional.ofNullable(status)
            .flatMap(LaneStatus::roundTrip)
            .map(taken -> PeersPage.number(taken.toNanos() / 1e6))
            .orElse("unknown");
    String name = lane.lane().name();
    return new RatesView.LaneNow(
        name,
        List.of(
            new Figure(name + ".out", "", PeersPage.number(rate.out())),
            new Figure(name + ".in", "", PeersPage.number(rate.in())),
            new Figure(name + ".time", "", time)));
  }

  private List<RatesView.Past> past(AgencyName peer) {
    return history.of(peer).stream()
        .map(
            reading ->
                new RatesView.Past(
                    reading.at().getEpochSecond(),
                    TIME.format(reading.at()),
                    reading.lanes().stream().flatMap(RatesPage::figures).toList()))
        .toList();
  }

  private static Stream<String> figures(RateHistory.Values values) {
    return Stream.of(
        PeersPage.number(values.out()),
        PeersPage.number(values.in()),
        values.millis() == 0 ? "unknown" : PeersPage.number(values.millis()));
  }
}
