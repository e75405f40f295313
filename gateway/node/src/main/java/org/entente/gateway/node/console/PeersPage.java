package org.entente.gateway.node.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.model.Lane;
import org.entente.gateway.node.console.View.Figure;
import org.entente.gateway.node.console.View.Row;
import org.entente.proto.store.v1.LinkRecord;

/** The page of the links, by peer and lane. */
final class PeersPage {
  /** An unacknowledged envelope of this age is a warning. */
  private static final Duration LATE = Duration.ofMinutes(1);

  private final ConsoleSources sources;
  private final LinkRates rates = new LinkRates();

  PeersPage(ConsoleSources sources) {
    this.sources = sources;
  }

  View view(View.Frame frame) {
    Optional<ConsoleNode> node = sources.node().get();
    node.ifPresent(open -> rates.look(open, sources.nanos().getAsLong()));
    List<Links.Link> links = node.map(ConsoleNode::links).orElse(List.of());
    Instant now = sources.clock().instant();
    return new View.Peers(
        frame,
        summary("peers", links, node.isPresent()),
        Lane.all().stream().map(Lane::name).toList(),
        links.stream().map(link -> row(link, now)).toList());
  }

  /** How many links are up, in one sentence. */
  static Figure summary(String id, List<Links.Link> links, boolean open) {
    if (!open) {
      return new Figure(id, "bad", "The node is being reopened, so no link is up");
    }
    long up = links.stream().filter(PeersPage::isUp).count();
    long paused = links.stream().filter(link -> link.pausedSince().isPresent()).count();
    String state = up == links.size() ? "good" : up == 0 ? "bad" : "warn";
    return new Figure(
        id,
        state,
        "%d of %d links up%s"
            .formatted(up, links.size(), paused == 0 ? "" : ", " + paused + " paused here"));
  }

  static boolean isUp(Links.Link link) {
    PeerStatus status = link.status();
    return status != null && status.up();
  }

  private Row row(Links.Link link, Instant now) {
    String peer = link.peer().value();
    List<Figure> cells = new ArrayList<>();
    cells.add(state(peer, link));
    cells.add(
        new Figure(
            peer + ".contact",
            "",
            Optional.ofNullable(link.status())
                .flatMap(PeerStatus::lastContact)
                .map(last -> age(last, now) + " ago")
                .orElse("never")));
    link.lanes().forEach(lane -> cells.add(lane(link, lane, now)));
    return new Row(peer, cells);
  }

  /** The state of a link, in a word. */
  static Figure state(String peer, Links.Link link) {
    PeerStatus status = link.status();
    String id = peer + ".state";
    if (link.pausedSince().isPresent()) {
      return new Figure(id, "warn", "paused here");
    }
    if (status != null && status.pausedByPeer().isPresent()) {
      return new Figure(id, "warn", "paused there");
    }
    return isUp(link) ? new Figure(id, "good", "up") : new Figure(id, "bad", "down");
  }

  private Figure lane(Links.Link link, Links.LinkLane lane, Instant now) {
    String id = link.peer() + "." + lane.lane();
    LinkRecord alarm = lane.alarm();
    if (alarm != null) {
      return new Figure(id, "bad", "stopped by " + alarm.getCode());
    }
    List<String> told = new ArrayList<>();
    rates
        .of(link.peer(), lane.lane())
        .filter(rate -> rate.out() > 0 || rate.in() > 0)
        .ifPresent(
            rate -> told.add("%s/s out, %s/s in".formatted(number(rate.out()), number(rate.in()))));
    Optional.ofNullable(lane.status())
        .flatMap(status -> status.roundTrip())
        .ifPresent(time -> told.add(number(time.toNanos() / 1e6) + " ms"));
    boolean late = false;
    if (lane.backlog() > 0) {
      Instant oldest = Instant.ofEpochMilli(lane.oldestMillis());
      told.add("%d unacknowledged, oldest %s".formatted(lane.backlog(), age(oldest, now)));
      late = oldest.plus(LATE).isBefore(now);
    } else if (lane.undeliveredBytes() > 0) {
      told.add(lane.undeliveredBytes() + " bytes undelivered");
    }
    return new Figure(id, late ? "warn" : "", told.isEmpty() ? "idle" : String.join("; ", told));
  }

  /** A figure with a decimal place where it is small. */
  static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }

  private static String age(Instant from, Instant now) {
    long seconds = Math.max(0, Duration.between(from, now).toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes < 120 ? minutes + " min" : minutes / 60 + " h";
  }
}
