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
 * An index over the newest messages of an inbox. It grows at both ends: what has arrived since it
 * was begun is followed lane by lane, what was there before is taken in from the newest back. When
 * it is full the oldest make room.
 *
 * <p>A message that does not open is passed over: delivery sets it aside, and once it opens again
 * it comes anew, behind all others. Confined to {@link SearchIndex}, but for {@link #index}.
 */
final class IndexedInbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexedInbox.class);
  private static final int CHUNK = 64;

  /** What part of a full index makes room at once, so that it is seldom looked for. */
  private static final int PART = 20;

  private final InboxTable inbox;
  private final InboxOpener opening;
  private final int most;
  private final MessageIndex index = new MessageIndex();
  private final Map<Lane, Long> next = new EnumMap<>(Lane.class);
  private final Map<Lane, InboxTable.PlacedRecord> older = new EnumMap<>(Lane.class);

  /** No fewer than the index holds. */
  private int size;

  /** Since when all is in the index, milliseconds since 1970. */
  private long reachesBackTo;

  private boolean cut;

  /**
   * An index that is empty, over what is committed.
   *
   * @param most greatest number of messages that it holds
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

  /** Takes out what nobody is given any more. */
  void remove(Collection<Long> places) {
    if (!places.isEmpty()) {
      index.remove(places);
    }
  }

  /** Takes in at most so many that have arrived, FLASH first; whether that was all. */
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

  /** Takes in at most so many that were there before, the newest first. */
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

  /** What is older stays outside. */
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

  /** Makes what was taken in and out seen. */
  void refresh() {
    index.refresh();
    size = index.size();
  }

  /** Messages in the index, as of the last refresh. */
  int size() {
    return size;
  }

  /** Whether there is nothing more to be taken in of what was there before. */
  boolean isBuilt() {
    return older.isEmpty();
  }

  /** What was received before is not in the index; empty if all that is kept is. */
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
