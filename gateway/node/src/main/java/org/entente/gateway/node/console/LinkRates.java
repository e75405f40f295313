package org.entente.gateway.node.console;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;

/** Envelopes a second, by peer and lane, between the last two readings. Safe for many threads. */
final class LinkRates {
  /** Looks that are closer together see the same rates. */
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  /** Looks that are further apart see no rates: the average would hide what happens now. */
  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A lane of a link. */
  private record Place(AgencyName peer, Lane lane) {}

  private record Counts(long out, long in) {}

  /** Rates of one lane. */
  record Rate(double out, double in) {
    /** Nothing, or not known yet. */
    static final Rate NONE = new Rate(0, 0);
  }

  private Map<Place, Counts> counts = Map.of();
  private Map<Place, Rate> rates = Map.of();
  private long at;

  /** Counts all lanes of a node, unless they were counted just now. */
  synchronized void look(ConsoleNode node, long now) {
    long passed = now - at;
    if (!counts.isEmpty() && passed < LEAST_NANOS) {
      return;
    }
    Map<Place, Counts> before = counts;
    Map<Place, Counts> next = new HashMap<>();
    Map<Place, Rate> found = new HashMap<>();
    for (var link : node.links()) {
      for (Lane lane : Lane.all()) {
        Place place = new Place(link.peer(), lane);
        Counts count = new Counts(node.queued(link.peer(), lane), node.taken(link.peer(), lane));
        next.put(place, count);
        Counts last = before.get(place);
        if (last != null && passed <= MOST_NANOS) {
          found.put(place, rate(last, count, passed));
        }
      }
    }
    counts = next;
    rates = found;
    at = now;
  }

  private static Rate rate(Counts last, Counts count, long nanos) {
    double seconds = nanos / 1e9;
    return new Rate(
        Math.max(0, count.out() - last.out()) / seconds,
        Math.max(0, count.in() - last.in()) / seconds);
  }

  /** The rate of a lane; empty until it was counted twice. */
  synchronized Optional<Rate> of(AgencyName peer, Lane lane) {
    return Optional.ofNullable(rates.get(new Place(peer, lane)));
  }
}
