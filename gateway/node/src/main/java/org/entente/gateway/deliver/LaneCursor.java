package org.entente.gateway.deliver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;

/**
 * The position of a subscription in one lane: the next message to examine, and those sent but not
 * acknowledged. Pure state, confined to its subscription.
 */
final class LaneCursor {
  /**
   * A sent message, kept until it is acknowledged.
   *
   * @param retrieval where its retrievals are recorded
   */
  record SentMessage(MessageId id, AgencyName origin, RetrievalPlace retrieval) {}

  /** Positions from first to last, both included. */
  record Range(long first, long last) {}

  private final TreeMap<Long, SentMessage> unacknowledged = new TreeMap<>();
  private final long sentBefore;
  private long next;
  private long told;
  private long sentPosition;

  LaneCursor(long next, long sentBefore) {
    this(next, sentBefore, next);
  }

  /**
   * Creates a position.
   *
   * @param told first position without an audit range; not above {@code next}
   */
  LaneCursor(long next, long sentBefore, long told) {
    this.next = next;
    this.told = Math.min(told, next);
    this.sentBefore = sentBefore;
    this.sentPosition = sentBefore;
  }

  long next() {
    return next;
  }

  int unacknowledged() {
    return unacknowledged.size();
  }

  boolean isRedelivery(long position) {
    return position <= sentBefore;
  }

  /** Skips a position whose message the subscription does not want or may not have. */
  void passed(long position) {
    next = position + 1;
  }

  void sent(long position, SentMessage sent) {
    unacknowledged.put(position, sent);
    sentPosition = Math.max(sentPosition, position);
    next = position + 1;
  }

  /** Whether a position was sent on this stream and awaits its acknowledgement. */
  boolean awaits(long position) {
    return unacknowledged.containsKey(position);
  }

  /** Removes and returns all sent messages up to a position. */
  List<SentMessage> acknowledge(long position) {
    Map<Long, SentMessage> done = unacknowledged.headMap(position, true);
    List<SentMessage> out = new ArrayList<>(done.values());
    done.clear();
    return out;
  }

  /** The position to start from after a reconnect: the first one not acknowledged. */
  long durablePlace() {
    return unacknowledged.isEmpty() ? next : unacknowledged.firstKey();
  }

  /** The positions passed since the previous range, up to the durable position. */
  Range advance() {
    Range range = new Range(told, Math.max(told, durablePlace() - 1));
    told = range.last() + 1;
    return range;
  }

  /** First position without an audit range. */
  long told() {
    return told;
  }

  /** The range from the first to the last unacknowledged position, if any. */
  Optional<Range> unanswered() {
    return unacknowledged.isEmpty()
        ? Optional.empty()
        : Optional.of(new Range(unacknowledged.firstKey(), unacknowledged.lastKey()));
  }

  long sentPosition() {
    return sentPosition;
  }
}
