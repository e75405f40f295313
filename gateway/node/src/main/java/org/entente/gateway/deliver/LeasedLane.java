package org.entente.gateway.deliver;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one lane for which the streams of a shared subscription compete: what is passed,
 * what is leased, and what came back. Pure state, confined to its subscription.
 */
final class LeasedLane {
  /** The stream that has a lease. */
  interface LeaseHolder {
    /** One of its leases in a lane ended. */
    void released(Lane lane);
  }

  /**
   * A message leased to a stream.
   *
   * @param sinceMillis when it was sent, in milliseconds since 1970
   * @param deliveries how often it was sent, with this time
   */
  record Lease(
      LeaseHolder holder, long sinceMillis, int deliveries, LaneCursor.SentMessage message) {
    /** Whether it has ended; a clock set back ends it too. */
    boolean isOver(long nowMillis, long lastsMillis) {
      return nowMillis - sinceMillis >= lastsMillis || nowMillis < sinceMillis;
    }
  }

  private final TreeMap<Long, Lease> leases = new TreeMap<>();
  private final TreeMap<Long, Integer> returned = new TreeMap<>();
  private final PassedPositions passed;
  private final long sentBefore;
  private long next;
  private long sentPosition;

  /**
   * Creates a lane.
   *
   * @param sentBefore greatest position ever sent before
   */
  LeasedLane(PassedPositions passed, long sentBefore) {
    this.passed = passed;
    this.sentBefore = sentBefore;
    this.sentPosition = sentBefore;
    this.next = passed.floor();
  }

  /** Messages that came back, or else the next ones that were not sent yet. */
  List<InboxTable.PlacedRecord> candidates(InboxTable inbox, Lane lane, int most) {
    List<InboxTable.PlacedRecord> back = back(inbox, lane, most);
    return back.isEmpty() ? fresh(inbox, lane, most) : back;
  }

  private List<InboxTable.PlacedRecord> back(InboxTable inbox, Lane lane, int most) {
    List<InboxTable.PlacedRecord> out = new ArrayList<>();
    for (long position : returned.keySet().stream().limit(most).toList()) {
      InboxTable.PlacedRecord placed = inbox.place(lane, position);
      if (placed == null) {
        // It was erased, or moved to the tail.
        passed(position);
      } else {
        out.add(placed);
      }
    }
    return out;
  }

  /** Ends before the next range that is passed; the next call goes on behind it. */
  private List<InboxTable.PlacedRecord> fresh(InboxTable inbox, Lane lane, int most) {
    while (true) {
      next = passed.nextFrom(next);
      List<InboxTable.PlacedRecord> out = new ArrayList<>();
      for (InboxTable.PlacedRecord placed : inbox.read(lane, next, most)) {
        if (isPassed(placed.position())) {
          break;
        }
        out.add(placed);
      }
      if (!out.isEmpty() || !skipped(inbox, lane)) {
        return out;
      }
    }
  }

  private boolean isPassed(long position) {
    return passed.nextFrom(position) != position;
  }

  /** Skips the next message if it is passed; returns whether it was. */
  private boolean skipped(InboxTable inbox, Lane lane) {
    List<InboxTable.PlacedRecord> first = inbox.read(lane, next, 1);
    if (first.isEmpty() || !isPassed(first.get(0).position())) {
      return false;
    }
    reach(first.get(0).position());
    return true;
  }

  long next() {
    return next;
  }

  int leased() {
    return leases.size();
  }

  boolean hasReturned() {
    return !returned.isEmpty();
  }

  boolean isRedelivery(long position) {
    return returned.containsKey(position) || position <= sentBefore;
  }

  /** Passes a position that is not leased. */
  void passed(long position) {
    reach(position);
    returned.remove(position);
    passed.add(position, position);
  }

  void sent(long position, LeaseHolder holder, long nowMillis, LaneCursor.SentMessage message) {
    reach(position);
    Integer before = returned.remove(position);
    int deliveries = before == null ? 1 : before + 1;
    leases.put(position, new Lease(holder, nowMillis, deliveries, message));
    sentPosition = Math.max(sentPosition, position);
  }

  /** Between the next position and a candidate there is no message of this lane. */
  private void reach(long position) {
    if (position >= next) {
      passed.add(next, position - 1);
      next = position + 1;
    }
  }

  /** Ends the lease of a stream by its acknowledgement; null if the stream has none there. */
  LaneCursor.@Nullable SentMessage acknowledge(long position, LeaseHolder holder) {
    Lease lease = leases.get(position);
    if (lease == null || lease.holder() != holder) {
      return null;
    }
    leases.remove(position);
    passed.add(position, position);
    return lease.message();
  }

  /** Takes the lease of a stream; null if it has none there. */
  @Nullable Lease take(long position, LeaseHolder holder) {
    Lease lease = leases.get(position);
    if (lease == null || lease.holder() != holder) {
      return null;
    }
    leases.remove(position);
    return lease;
  }

  /** Takes all leases that are over. */
  Map<Long, Lease> takeOver(long nowMillis, long lastsMillis) {
    Map<Long, Lease> out = new TreeMap<>();
    Iterator<Map.Entry<Long, Lease>> all = leases.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, Lease> one = all.next();
      if (one.getValue().isOver(nowMillis, lastsMillis)) {
        out.put(one.getKey(), one.getValue());
        all.remove();
      }
    }
    return out;
  }

  /** The leases of one stream. */
  NavigableMap<Long, Lease> of(LeaseHolder holder) {
    TreeMap<Long, Lease> out = new TreeMap<>(leases);
    out.values().removeIf(lease -> lease.holder() != holder);
    return out;
  }

  /** Offers a position to any stream; its deliveries count on. */
  void offer(long position, int deliveries) {
    passed.remove(position);
    returned.put(position, deliveries);
  }

  PassedPositions passed() {
    return passed;
  }

  long sentPosition() {
    return sentPosition;
  }
}
