package org.entente.gateway.transmit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.proto.store.v1.OutboxEntry;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of mail whose recipient had no key when it was to be sent. Such mail waits
 * outside the hop queues and is queued again later, behind mail with higher numbers. That mail is
 * held until the lower number has been sent. Each entry is held {@link
 * OutboxMaintenance#PROMPT_ATTEMPTS} times at most, so that a number that cannot be sent does not
 * stop a lane. Safe for many threads.
 */
final class SendingOrder {
  private static final int PAGE = 16;

  private record Place(AgencyName recipient, Lane lane) {}

  private final OutboxTable outbox;
  private final Map<Place, Line> lines = new ConcurrentHashMap<>();

  SendingOrder(OutboxTable outbox) {
    this.outbox = outbox;
  }

  /** What may wait for a recipient in a lane: after a start, whatever is owed. */
  private static final class Line {
    /** The lowest number that may wait; null for the lowest that is owed. */
    private @Nullable OriginNumber first;

    /** The highest number that may wait; null if none does. */
    private volatile @Nullable OriginNumber last;

    Line(OriginNumber last) {
      this.last = last;
    }

    boolean isClear() {
      return last == null;
    }

    void waits(OriginNumber number) {
      OriginNumber lowest = first;
      OriginNumber highest = last;
      boolean isLowest = highest == null || (lowest != null && number.compareTo(lowest) < 0);
      first = isLowest ? number : lowest;
      last = highest == null || number.compareTo(highest) > 0 ? number : highest;
    }

    void sent(OriginNumber number) {
      OriginNumber lowest = first;
      OriginNumber highest = last;
      if (highest == null || number.compareTo(highest) >= 0) {
        first = null;
        last = null;
      } else if (lowest == null || number.compareTo(lowest) >= 0) {
        first = new OriginNumber(number.epoch(), number.lane(), number.sequence() + 1);
      }
    }
  }

  private Line line(AgencyName recipient, OriginNumber number) {
    return lines.computeIfAbsent(
        new Place(recipient, number.lane()),
        place -> {
          long epoch = outbox.epoch(recipient, place.lane());
          long last = Math.max(1, outbox.lastAssigned(recipient, place.lane(), epoch));
          OriginNumber highest = new OriginNumber(epoch, place.lane(), last);
          return new Line(highest.compareTo(number) > 0 ? highest : number);
        });
  }

  /** Whether an earlier number of its recipient and lane is to be sent before. */
  boolean isBehind(AgencyName peer, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    Line line = line(recipient, number);
    if (line.isClear() || isTired(entry)) {
      return false;
    }
    // Only while something may wait: it reads the ledger.
    synchronized (line) {
      OriginNumber earlier = line.isClear() ? null : earlier(peer, recipient, number, line.first);
      if (earlier != null) {
        line.first = earlier;
      }
      return earlier != null;
    }
  }

  /** It has waited often enough, and says nothing of those before it. */
  private static boolean isTired(OutboxEntry entry) {
    return entry.getAttempts() > OutboxMaintenance.PROMPT_ATTEMPTS;
  }

  /** Records that a number waits for a key, or for an earlier one. */
  void waits(AgencyName recipient, OriginNumber number) {
    Line line = line(recipient, number);
    synchronized (line) {
      line.waits(number);
    }
  }

  /** Records that a number goes, which was not behind another. */
  void sent(AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    Line line = line(recipient, number);
    if (line.isClear() || isTired(entry)) {
      return;
    }
    synchronized (line) {
      line.sent(number);
    }
  }

  /** The first that keeps a number back, not below another. */
  private @Nullable OriginNumber earlier(
      AgencyName peer, AgencyName recipient, OriginNumber number, @Nullable OriginNumber from) {
    if (from != null && from.compareTo(number) < 0) {
      OutboxEntry first = outbox.read(recipient, from);
      if (first != null && keepsBack(peer, recipient, first)) {
        return from;
      }
    }
    OriginNumber place = from;
    while (place == null || place.compareTo(number) < 0) {
      List<OutboxTable.NumberedEntry> page = outbox.page(recipient, number.lane(), place, PAGE);
      for (OutboxTable.NumberedEntry one : page) {
        place = one.number();
        if (place.compareTo(number) >= 0) {
          return null;
        }
        if (keepsBack(peer, recipient, one.entry())) {
          return place;
        }
      }
      if (page.size() < PAGE) {
        return null;
      }
    }
    return null;
  }

  /**
   * Whether it waits for a key or a route, or is in the same queue again, and so behind. What the
   * recipient asked for again keeps nothing back: it may never be opened.
   */
  private static boolean keepsBack(AgencyName peer, AgencyName recipient, OutboxEntry entry) {
    return switch (entry.getState()) {
      case OUTBOX_STATE_WAITING -> entry.getStanzaAsks() == 0;
      case OUTBOX_STATE_QUEUED ->
          entry.getAttempts() > 1 && Dispatch.transit(entry).orElse(recipient).equals(peer);
      default -> false;
    };
  }
}
