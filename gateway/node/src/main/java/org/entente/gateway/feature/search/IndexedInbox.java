package org.entente.gateway.feature.search;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An index of the newest messages of an inbox. It grows at both ends: newly received messages are
 * added lane by lane, older ones from the newest backwards.
 *
 * <p>A message with many terms counts as several. When the index is full, the oldest messages of
 * the origin with the largest share make room, so that no origin displaces the messages of others
 * with less. Older messages of an origin that made room stay out.
 *
 * <p>A message that cannot be opened is skipped: delivery quarantines it. Once it can be opened it
 * is redelivered at the tail. Confined to {@link SearchIndex}, except for {@link #index}.
 */
final class IndexedInbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexedInbox.class);
  private static final int CHUNK = 64;

  /** Fraction of a full index that is removed at a time, so that removals are rare. */
  private static final int PART = 20;

  /** Times the size of the index: older messages examined, most of them without being opened. */
  private static final int EXAMINED = 16;

  /** Opens the messages to be indexed. */
  interface Opening {
    Optional<InboxOpener.Message> message(InboxTable.PlacedRecord placed);
  }

  private final InboxTable inbox;
  private final Opening opening;
  private final int most;
  private final MessageIndex index = new MessageIndex();
  private final Map<Lane, Long> next = new EnumMap<>(Lane.class);

  /** Of each lane the older messages of one page that are not examined yet; none is empty. */
  private final Map<Lane, Deque<InboxTable.PlacedRecord>> older = new EnumMap<>(Lane.class);

  /** At least the share of each origin; what was removed still counts until the next recount. */
  private final Map<String, Long> shares = new HashMap<>();

  /** The sum of these. */
  private long used;

  /** Origins whose older messages stay out. */
  private final Set<String> full = new HashSet<>();

  private long examined;

  /** Messages in the index at the last refresh. */
  private int size;

  /** Time to which older messages were examined, milliseconds since 1970. */
  private long builtTo;

  /** Some messages received before this time stay out, milliseconds since 1970. */
  private long missingBefore = Long.MIN_VALUE;

  /**
   * An empty index of the committed messages.
   *
   * @param most most messages that it holds, if each counts once
   */
  IndexedInbox(InboxTable inbox, Opening opening, int most, long nowMillis) {
    this.inbox = inbox;
    this.opening = opening;
    this.most = most;
    builtTo = nowMillis;
    long end = inbox.lastPosition() + 1;
    for (Lane lane : Lane.all()) {
      next.put(lane, end);
      keepOlder(lane, inbox.before(lane, end));
    }
  }

  private void keepOlder(Lane lane, List<InboxTable.PlacedRecord> page) {
    if (page.isEmpty()) {
      older.remove(lane);
    } else {
      older.put(lane, new ArrayDeque<>(page));
    }
  }

  MessageIndex index() {
    return index;
  }

  /** Removes messages that may no longer be shown. */
  void remove(Collection<Long> places) {
    if (!places.isEmpty()) {
      index.remove(places);
      for (Map.Entry<Lane, Deque<InboxTable.PlacedRecord>> page : List.copyOf(older.entrySet())) {
        removeOlder(page.getKey(), page.getValue(), places);
      }
    }
  }

  private void removeOlder(
      Lane lane, Deque<InboxTable.PlacedRecord> page, Collection<Long> places) {
    long first = page.getFirst().position();
    page.removeIf(placed -> places.contains(InboxPosition.of(placed).number()));
    if (page.isEmpty()) {
      keepOlder(lane, inbox.before(lane, first));
    }
  }

  /** Adds at most this many new messages, FLASH first; returns whether these were all. */
  boolean follow(int messages) {
    int left = messages;
    for (Lane lane : Lane.all()) {
      List<InboxTable.PlacedRecord> found = arrived(lane, left);
      while (!found.isEmpty()) {
        for (InboxTable.PlacedRecord placed : found) {
          makeRoom();
          take(placed);
          next.put(lane, placed.position() + 1);
        }
        left -= found.size();
        found = arrived(lane, left);
      }
    }
    return left > 0;
  }

  private List<InboxTable.PlacedRecord> arrived(Lane lane, int left) {
    return left <= 0
        ? List.of()
        : inbox.read(lane, next.getOrDefault(lane, 1L), Math.min(CHUNK, left));
  }

  /** Examines at most this many older messages, newest first, and adds those with room. */
  void build(int messages) {
    for (int i = 0; i < messages && !older.isEmpty(); i++) {
      InboxTable.PlacedRecord newest =
          older.values().stream()
              .map(Deque::getLast)
              .max(Comparator.comparingLong(InboxTable.PlacedRecord::position))
              .orElseThrow();
      examined++;
      if (!newest.isDamaged()) {
        builtTo = newest.record().getReceivedAtMs();
        if (hasRoom(newest.record())) {
          take(newest);
        }
      }
      passOlder(newest);
      if (!older.isEmpty() && examined >= (long) EXAMINED * most) {
        leaveOut(builtTo);
        older.clear();
      }
    }
  }

  private void passOlder(InboxTable.PlacedRecord newest) {
    Deque<InboxTable.PlacedRecord> page = requireNonNull(older.get(newest.lane()));
    page.removeLast();
    if (page.isEmpty()) {
      keepOlder(newest.lane(), inbox.before(newest.lane(), newest.position()));
    }
  }

  /** Whether an older message can be added; makes room if its origin has a smaller share. */
  private boolean hasRoom(InboxRecord record) {
    String origin = record.getOrigin();
    if (full.contains(origin)) {
      return false;
    }
    if (used >= most) {
      recount();
    }
    if (used >= most) {
      String largest = largest();
      if (share(origin) + most / PART >= share(largest)) {
        full.add(origin);
        leaveOut(record.getReceivedAtMs() + 1);
        return false;
      }
      makeRoom(largest);
    }
    return true;
  }

  private void makeRoom() {
    if (used >= most) {
      recount();
    }
    while (used >= most) {
      makeRoom(largest());
    }
  }

  private void makeRoom(String origin) {
    // Not more than the older half, as with many origins the largest share is a small part.
    long part = Math.min(used - most + 1 + most / PART, Math.max(1, share(origin) / 2));
    leaveOut(index.removeOldest(origin, part));
    full.add(origin);
    recount();
  }

  private void leaveOut(long beforeMillis) {
    missingBefore = Math.max(missingBefore, beforeMillis);
  }

  private void recount() {
    refresh();
    shares.clear();
    shares.putAll(index.shares());
    used = shares.values().stream().mapToLong(Long::longValue).sum();
  }

  private long share(String origin) {
    return shares.getOrDefault(origin, 0L);
  }

  private String largest() {
    return Collections.max(shares.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  private void take(InboxTable.PlacedRecord placed) {
    if (placed.isDamaged() || placed.record().getRecalled()) {
      return;
    }
    try {
      InboxOpener.Message message = opening.message(placed).orElse(null);
      Body body = message == null ? null : message.body();
      if (message != null && body != null) {
        int share = index.add(InboxPosition.of(placed), placed.record(), message.label(), body);
        shares.merge(placed.record().getOrigin(), (long) share, Long::sum);
        used += share;
      }
    } catch (RuntimeException | StackOverflowError e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      LOG.warn(
          "the message at position {} cannot be searched: {}",
          placed.position(),
          ProcessingFailure.of(e).what());
    }
  }

  /** Makes additions and removals visible. */
  void refresh() {
    index.refresh();
    size = index.size();
  }

  /** Messages in the index at the last refresh. */
  int size() {
    return size;
  }

  /** Whether all older messages have been added. */
  boolean isBuilt() {
    return older.isEmpty();
  }

  /** Messages received before this time may not be in the index; empty if it is complete. */
  Optional<Instant> reachesBackTo() {
    long reached = older.isEmpty() ? missingBefore : Math.max(builtTo, missingBefore);
    return older.isEmpty() && missingBefore == Long.MIN_VALUE
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(Math.max(0, reached)));
  }

  @Override
  public void close() {
    index.close();
  }
}
