package org.entente.gateway.search;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.v1.Body;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An index of the newest messages of an inbox. It grows at both ends: newly received messages are
 * added lane by lane, older ones from the newest backwards. When it is full, the oldest messages
 * are removed.
 *
 * <p>A message that cannot be opened is skipped: delivery quarantines it. Once it can be opened it
 * is redelivered at the tail. Confined to {@link SearchIndex}, except for {@link #index}.
 */
final class IndexedInbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexedInbox.class);
  private static final int CHUNK = 64;

  /** Fraction of a full index that is removed at a time, so that removals are rare. */
  private static final int PART = 20;

  private final InboxTable inbox;
  private final InboxOpener opening;
  private final int most;
  private final MessageIndex index = new MessageIndex();
  private final Map<Lane, Long> next = new EnumMap<>(Lane.class);
  private final Map<Lane, InboxTable.PlacedRecord> older = new EnumMap<>(Lane.class);

  /** At least the number of messages in the index. */
  private int size;

  /** Time from which the index is complete, milliseconds since 1970. */
  private long reachesBackTo;

  private boolean cut;

  /**
   * An empty index of the committed messages.
   *
   * @param most most messages that it holds
   */
  IndexedInbox(InboxTable inbox, InboxOpener opening, int most, long nowMillis) {
    this.inbox = inbox;
    this.opening = opening;
    this.most = most;
    reachesBackTo = nowMillis;
    long end = inbox.lastPosition() + 1;
    for (Lane lane : Lane.all()) {
      next.put(lane, end);
      keepOlder(lane, inbox.before(lane, end));
    }
  }

  private void keepOlder(Lane lane, InboxTable.@Nullable PlacedRecord placed) {
    if (placed == null) {
      older.remove(lane);
    } else {
      older.put(lane, placed);
    }
  }

  MessageIndex index() {
    return index;
  }

  /** Removes messages that may no longer be shown. */
  void remove(Collection<Long> places) {
    if (!places.isEmpty()) {
      index.remove(places);
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

  /** Adds at most this many older messages, newest first. */
  void build(int messages) {
    for (int i = 0; i < messages && !older.isEmpty(); i++) {
      if (size >= most) {
        cutHere();
        return;
      }
      InboxTable.PlacedRecord newest =
          older.values().stream()
              .max(Comparator.comparingLong(InboxTable.PlacedRecord::position))
              .orElseThrow();
      take(newest);
      if (!newest.isDamaged()) {
        reachesBackTo = newest.record().getReceivedAtMs();
      }
      keepOlder(newest.lane(), inbox.before(newest.lane(), newest.position()));
    }
  }

  /** Older messages stay out of the index. */
  private void cutHere() {
    cut = true;
    older.clear();
  }

  private void makeRoom() {
    if (size < most) {
      return;
    }
    index.refresh();
    size = index.size();
    if (size >= most) {
      reachesBackTo = index.removeOldest(size - most + 1 + most / PART);
      size = index.size();
      cutHere();
    }
  }

  private void take(InboxTable.PlacedRecord placed) {
    if (placed.isDamaged() || placed.record().getRecalled()) {
      return;
    }
    try {
      InboxOpener.Message message = opening.message(placed, label -> true).orElse(null);
      Body body = message == null ? null : message.body();
      if (message != null && body != null) {
        index.add(InboxPosition.of(placed), placed.record(), message.label(), body);
        size++;
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

  /** Messages received before this time are not in the index; empty if it is complete. */
  Optional<Instant> reachesBackTo() {
    return older.isEmpty() && !cut
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(Math.max(0, reachesBackTo)));
  }

  @Override
  public void close() {
    index.close();
  }
}
