package org.entente.gateway.feature.operator;

import com.google.protobuf.util.Timestamps;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.CreateSubscriptionRequest;

/** Finds the positions at which a subscription starts. Reads committed messages only. */
final class SubscriptionStart {
  private static final int CHUNK = 64;

  private final InboxTable inbox;
  private final long end;

  SubscriptionStart(InboxTable inbox) {
    this.inbox = inbox;
    this.end = inbox.lastPosition() + 1;
  }

  /** The position of each lane; empty if the request does not say. */
  Result<Optional<Map<Lane, Long>>> positions(CreateSubscriptionRequest request) {
    return switch (request.getStartCase()) {
      case START_NOT_SET -> Result.done(Optional.empty());
      case FROM_POSITION -> from(request.getFromPosition());
      case FROM_NOW ->
          request.getFromNow()
              ? from(end)
              : Result.refused(
                  Code.INVALID_FIELD, "from_now", "is false; valid are true and absent");
      case FROM_TIME ->
          Timestamps.isValid(request.getFromTime())
              ? Result.done(Optional.of(since(Timestamps.toMillis(request.getFromTime()))))
              : Result.refused(
                  Code.INVALID_FIELD, "from_time", "is not a time of the years 1 to 9999");
    };
  }

  private Result<Optional<Map<Lane, Long>>> from(long position) {
    if (position < 1) {
      return Result.refused(
          Code.INVALID_FIELD, "from_position", "is 0; valid are positions from 1 to " + end);
    }
    if (position > end) {
      return Result.refused(
          new Problem(
              Code.CURSOR_AHEAD,
              "from_position",
              "position %d is ahead of this ledger, whose last is %d"
                  .formatted(position, end - 1)));
    }
    Map<Lane, Long> all = new EnumMap<>(Lane.class);
    Lane.all().forEach(lane -> all.put(lane, position));
    return Result.done(Optional.of(all));
  }

  /** The first message of each lane that arrived at a time or later. */
  private Map<Lane, Long> since(long millis) {
    Map<Lane, Long> all = new EnumMap<>(Lane.class);
    Lane.all().forEach(lane -> all.put(lane, since(lane, millis)));
    return all;
  }

  private long since(Lane lane, long millis) {
    long low = 1;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      Optional<InboxTable.PlacedRecord> found = arrivedFrom(lane, middle, high);
      if (found.isEmpty() || found.get().record().getReceivedAtMs() >= millis) {
        high = middle;
      } else {
        low = found.get().position() + 1;
      }
    }
    return low;
  }

  /**
   * The first message from a position on and before another that stands where it arrived: those
   * that moved to the tail have the time of their first arrival, which is out of order there. A
   * member can have any number moved, so the search passes each only once.
   */
  private Optional<InboxTable.PlacedRecord> arrivedFrom(Lane lane, long position, long before) {
    long from = position;
    while (from < before) {
      List<InboxTable.PlacedRecord> found =
          inbox.read(lane, from, (int) Math.min(CHUNK, before - from));
      Optional<InboxTable.PlacedRecord> first =
          found.stream()
              .filter(one -> !one.isDamaged() && one.arrival() == one.position())
              .findFirst();
      if (first.isPresent() || found.isEmpty()) {
        return first.filter(one -> one.position() < before);
      }
      from = found.get(found.size() - 1).position() + 1;
    }
    return Optional.empty();
  }
}
