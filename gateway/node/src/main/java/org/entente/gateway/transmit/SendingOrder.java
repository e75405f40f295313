package org.entente.gateway.transmit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.proto.store.v1.OutboxEntry;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of mail whose recipient had no key when it was to be sent. Such mail waits
 * outside the hop queues, and is queued again behind what was queued meanwhile; what is queued
 * before it waits until it was sent. An entry waits {@link OutboxMaintenance#PROMPT_ATTEMPTS} times
 * at most, so that nothing else that keeps the earlier one back keeps those behind it. Safe for
 * many threads.
 */
final class SendingOrder {
  private static final int PAGE = 16;

  private record Place(AgencyName recipient, Lane lane) {}

  /** Numbers from the first to the last may wait. */
  private record Waiting(OriginNumber first, OriginNumber last) {
    Waiting with(OriginNumber number) {
      return new Waiting(least(first, number), greatest(last, number));
    }

    /** Without the numbers up to one that was sent. */
    Waiting without(OriginNumber sent) {
      OriginNumber next = new OriginNumber(sent.epoch(), sent.lane(), sent.sequence() + 1);
      return new Waiting(greatest(first, next), last);
    }
  }

  private final OutboxTable outbox;
  private final Map<Place, Waiting> waiting = new ConcurrentHashMap<>();

  /** Where a number was prepared since the start, so that nothing waits but what is known here. */
  private final Set<Place> known = ConcurrentHashMap.newKeySet();

  SendingOrder(OutboxTable outbox) {
    this.outbox = outbox;
  }

  /** Whether an earlier number of its recipient and lane is to be sent before. */
  boolean isBehind(AgencyName peer, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    Place place = new Place(recipient, number.lane());
    if (nothingWaits(place) || entry.getAttempts() > OutboxMaintenance.PROMPT_ATTEMPTS) {
      return false;
    }
    // Only while something waits: it reads the ledger.
    synchronized (this) {
      Waiting held = waiting.get(place);
      OriginNumber earlier = earlier(peer, recipient, number, held == null ? null : held.first());
      if (earlier == null) {
        return false;
      }
      OriginNumber last = held == null ? number : greatest(held.last(), number);
      waiting.put(place, new Waiting(earlier, last));
      return true;
    }
  }

  private boolean nothingWaits(Place place) {
    return known.contains(place) && !waiting.containsKey(place);
  }

  /** Records whether a number that was prepared waits for a key or for an earlier one. */
  void prepared(AgencyName recipient, OriginNumber number, boolean waits) {
    Place place = new Place(recipient, number.lane());
    if (nothingWaits(place) && !waits) {
      return;
    }
    synchronized (this) {
      Waiting held = waiting.get(place);
      if (waits) {
        waiting.put(place, held == null ? new Waiting(number, number) : held.with(number));
      } else if (held != null && held.last().compareTo(number) <= 0) {
        waiting.remove(place);
      } else if (held != null) {
        waiting.put(place, held.without(number));
      }
      known.add(place);
    }
  }

  private static OriginNumber least(OriginNumber one, OriginNumber other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static OriginNumber greatest(OriginNumber one, OriginNumber other) {
    return one.compareTo(other) > 0 ? one : other;
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
