package org.entente.gateway.deliver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;

/**
 * Where a subscription stands in one lane: what it looks at next and what it has sent without an
 * acknowledgement yet. Pure state, confined to its subscription.
 */
final class LaneCursor {
  /**
   * What is remembered of a sent message until it is acknowledged.
   *
   * @param bucketDay last day of its bucket, days since 1970
   */
  record SentMessage(MessageId id, AgencyName origin, long bucketDay) {}

  /** Positions from the first to the last, both included. */
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
   * A place.
   *
   * @param told first position that no range speaks of yet; not above {@code next}
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

  /** The subscription does not want what stands at a position, or cannot have it. */
  void passed(long position) {
    next = position + 1;
  }

  void sent(long position, SentMessage sent) {
    unacknowledged.put(position, sent);
    sentPosition = Math.max(sentPosition, position);
    next = position + 1;
  }

  /** Whether a position is one that was sent here and waits for its acknowledgement. */
  boolean awaits(long position) {
    return unacknowledged.containsKey(position);
  }

  /** Takes out everything up to a position; what it was. */
  List<SentMessage> acknowledge(long position) {
    Map<Long, SentMessage> done = unacknowledged.headMap(position, true);
    List<SentMessage> out = new ArrayList<>(done.values());
    done.clear();
    return out;
  }

  /** The place to start from after a reconnect: the first that is not acknowledged. */
  long durablePlace() {
    return unacknowledged.isEmpty() ? next : unacknowledged.firstKey();
  }

  /** The positions that were put behind since the range before, up to the durable place. */
  Range advance() {
    Range range = new Range(told, Math.max(told, durablePlace() - 1));
    told = range.last() + 1;
    return range;
  }

  /** First position that no range speaks of yet. */
  long told() {
    return told;
  }

  /** From the first to the last that was sent and is not acknowledged, if there is one. */
  Optional<Range> unanswered() {
    return unacknowledged.isEmpty()
        ? Optional.empty()
        : Optional.of(new Range(unacknowledged.firstKey(), unacknowledged.lastKey()));
  }

  long sentPosition() {
    return sentPosition;
  }
}
