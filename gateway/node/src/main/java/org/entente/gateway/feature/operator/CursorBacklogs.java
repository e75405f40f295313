package org.entente.gateway.feature.operator;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;

/**
 * Computes the backlogs of cursors. Looks up the oldest message of each cursor and lane, and scans
 * the keys of the latest positions of a lane once for all cursors that are behind in it: the cost
 * grows neither with the ledger nor with cursors that have caught up. Reads committed state only.
 */
final class CursorBacklogs {
  private final InboxTable inbox;
  private final long last;
  private final long from;

  /** For each lane, the first position that some cursor has not passed. */
  private final Map<Lane, Long> lowest = new EnumMap<>(Lane.class);

  private final Map<Lane, long[]> latest = new EnumMap<>(Lane.class);

  private CursorBacklogs(InboxTable inbox, long last, long counted, List<Map<Lane, Long>> places) {
    this.inbox = inbox;
    this.last = last;
    this.from = Math.max(1, last - counted + 1);
    for (Map<Lane, Long> cursor : places) {
      cursor.forEach((lane, next) -> lowest.merge(lane, next, Math::min));
    }
  }

  /**
   * The backlogs of cursors, in the same order.
   *
   * @param last position up to which messages count
   * @param counted latest positions among which messages are counted
   * @param places for each cursor, the first position of each lane that it has not passed
   */
  static List<CursorBacklog> of(
      InboxTable inbox, long last, long counted, List<Map<Lane, Long>> places) {
    CursorBacklogs backlogs = new CursorBacklogs(inbox, last, counted, places);
    return places.stream().map(backlogs::of).toList();
  }

  private CursorBacklog of(Map<Lane, Long> places) {
    return places.entrySet().stream()
        .map(place -> of(place.getKey(), place.getValue()))
        .reduce(none(), CursorBacklog::and);
  }

  private CursorBacklog none() {
    return new CursorBacklog(last + 1, 0, false, 0);
  }

  private CursorBacklog of(Lane lane, long next) {
    List<InboxTable.PlacedRecord> oldest = inbox.read(lane, next, 1);
    if (oldest.isEmpty() || oldest.get(0).position() > last) {
      return none();
    }
    InboxTable.PlacedRecord first = oldest.get(0);
    return new CursorBacklog(
        first.position(),
        countedFrom(lane, next),
        first.position() < from,
        first.record().getReceivedAtMs());
  }

  private int countedFrom(Lane lane, long next) {
    long[] positions = latest.computeIfAbsent(lane, this::latest);
    int index = Arrays.binarySearch(positions, next);
    return positions.length - (index < 0 ? -index - 1 : index);
  }

  private long[] latest(Lane lane) {
    return inbox.positions(lane, Math.max(from, lowest.getOrDefault(lane, from)), last);
  }
}
