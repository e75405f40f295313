package org.entente.gateway.feature.operator;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;

/**
 * Computes the backlogs of cursors. Scans the keys of the latest positions once for all cursors,
 * and looks up the oldest message of each cursor and lane: the cost does not grow with the ledger.
 * Reads committed state only.
 */
final class CursorBacklogs {
  private final InboxTable inbox;
  private final long last;
  private final long from;
  private final Map<Lane, long[]> latest = new EnumMap<>(Lane.class);

  private CursorBacklogs(InboxTable inbox, long last, long from) {
    this.inbox = inbox;
    this.last = last;
    this.from = from;
    Lane.all().forEach(lane -> latest.put(lane, inbox.positions(lane, from, last)));
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
    long lowest =
        places.stream()
            .map(Map::values)
            .flatMap(Collection::stream)
            .mapToLong(Long::longValue)
            .min()
            .orElse(last + 1);
    CursorBacklogs backlogs =
        new CursorBacklogs(inbox, last, Math.max(lowest, Math.max(1, last - counted + 1)));
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
    long[] positions = latest.getOrDefault(lane, new long[0]);
    int index = Arrays.binarySearch(positions, next);
    return positions.length - (index < 0 ? -index - 1 : index);
  }
}
