package org.entente.gateway.node.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.link.LaneStatus;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;

/**
 * Rates and latency of the last hour, by peer and lane: a reading every fifteen seconds. A lane
 * takes 3 KiB once it has had traffic, and no room before. Safe for many threads.
 */
final class RateHistory {
  /** The time between two readings. */
  static final long EVERY_SECONDS = 15;

  /** The most readings: an hour. */
  static final int READINGS = 240;

  /**
   * What a lane did at one time.
   *
   * @param out envelopes a second to the peer
   * @param in envelopes a second from the peer
   * @param millis time until the peer acknowledges; 0 if it is unknown
   */
  record Values(float out, float in, float millis) {
    static final Values IDLE = new Values(0, 0, 0);
  }

  /**
   * A reading of one link.
   *
   * @param lanes in the order of the lanes
   */
  record Reading(Instant at, List<Values> lanes) {}

  private record Place(AgencyName peer, Lane lane) {}

  private final LinkRates rates = new LinkRates();
  private final long[] millis = new long[READINGS];
  private final Map<Place, Values[]> lanes = new HashMap<>();
  private int begun;
  private long at;

  /** Reads all links, unless they were read just now. */
  synchronized void read(ConsoleNode node, long nanos, Instant now) {
    if (begun > 0 && nanos - at < TimeUnit.SECONDS.toNanos(EVERY_SECONDS)) {
      return;
    }
    at = nanos;
    int slot = begun % READINGS;
    begun++;
    millis[slot] = now.toEpochMilli();
    lanes.values().forEach(kept -> kept[slot] = Values.IDLE);
    rates.look(node, nanos);
    for (Links.Link link : node.links()) {
      link.lanes().forEach(lane -> read(link.peer(), lane, slot));
    }
  }

  private void read(AgencyName peer, Links.LinkLane lane, int slot) {
    Values values = values(peer, lane);
    Place place = new Place(peer, lane.lane());
    if (!values.equals(Values.IDLE) || lanes.containsKey(place)) {
      lanes.computeIfAbsent(place, key -> idle())[slot] = values;
    }
  }

  private Values values(AgencyName peer, Links.LinkLane lane) {
    LinkRates.Rate rate = rates.of(peer, lane.lane()).orElse(LinkRates.Rate.NONE);
    LaneStatus status = lane.status();
    double millis =
        status == null ? 0 : status.roundTrip().map(time -> time.toNanos() / 1e6).orElse(0.0);
    return new Values((float) rate.out(), (float) rate.in(), (float) millis);
  }

  private static Values[] idle() {
    Values[] kept = new Values[READINGS];
    Arrays.fill(kept, Values.IDLE);
    return kept;
  }

  /** The readings of a link, the oldest first. */
  synchronized List<Reading> of(AgencyName peer) {
    List<Reading> out = new ArrayList<>();
    for (int i = Math.max(0, begun - READINGS); i < begun; i++) {
      int slot = i % READINGS;
      out.add(
          new Reading(
              Instant.ofEpochMilli(millis[slot]),
              Lane.all().stream().map(lane -> at(new Place(peer, lane), slot)).toList()));
    }
    return out;
  }

  private Values at(Place place, int slot) {
    Values[] kept = lanes.get(place);
    return kept == null ? Values.IDLE : kept[slot];
  }
}
