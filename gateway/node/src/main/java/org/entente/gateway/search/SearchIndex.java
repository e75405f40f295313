package org.entente.gateway.search;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.receive.InboxOpener;
import org.jspecify.annotations.Nullable;

/**
 * The search index of a node, kept in step with its inbox. It is made in memory when it is first
 * needed and built from the ledger in small rounds, so that a start does not wait for it; nothing
 * of it outlives the process.
 *
 * <p>What is erased, recalled or swept at the end of its retention is noted in the moment in which
 * that is committed, and taken out before the next search looks; what is left of it in memory is
 * merged away within {@link #PURGED_EVERY}. Safe for many threads.
 */
public final class SearchIndex implements AutoCloseable {
  /** How long something that was taken out may stay in memory. */
  public static final Duration PURGED_EVERY = Duration.ofMinutes(1);

  /** Messages taken in at each end in one round: few, so that it costs little of a processor. */
  private static final int AT_ONCE = 500;

  /** Messages that have just arrived and are taken in while a search waits. */
  private static final int WHILE_WAITING = 2_000;

  private final Ledger ledger;
  private final InboxOpener opening;
  private final InstantSource clock;
  private final int most;
  private final Queue<Long> gone = new ConcurrentLinkedQueue<>();

  /** Held while memory is given back, which searches need not wait for; taken before this. */
  private final Object purging = new Object();

  private @Nullable IndexedInbox indexed;
  private volatile boolean closed;
  private volatile long purgedAt;
  private volatile int size;
  private volatile boolean building = true;

  /**
   * An index that nothing is in yet.
   *
   * @param most greatest number of messages that it holds
   */
  public SearchIndex(Ledger ledger, InboxOpener opening, InstantSource clock, int most) {
    this.ledger = ledger;
    this.opening = opening;
    this.clock = clock;
    this.most = most;
  }

  /**
   * The index as a search finds it.
   *
   * @param current whether all that had arrived is in it
   * @param reachesBackTo what was received before is not in it; empty if all that is kept is
   */
  record ReadyIndex(MessageIndex index, boolean current, Optional<Instant> reachesBackTo) {}

  /** Takes a part of what there is to take in and out; called regularly by one thread. */
  public void round() {
    MessageIndex toPurge;
    synchronized (this) {
      if (closed) {
        return;
      }
      IndexedInbox inbox = begun();
      inbox.remove(gone());
      inbox.follow(AT_ONCE);
      inbox.build(AT_ONCE);
      inbox.refresh();
      size = inbox.size();
      building = !inbox.isBuilt();
      toPurge = inbox.index();
    }
    purge(toPurge);
  }

  /** The index, with what arrived and went since the last round. */
  synchronized ReadyIndex ready() {
    if (closed) {
      throw new IllegalStateException("the search index is closed");
    }
    IndexedInbox inbox = begun();
    inbox.remove(gone());
    boolean current = inbox.follow(WHILE_WAITING);
    inbox.refresh();
    return new ReadyIndex(inbox.index(), current, inbox.reachesBackTo());
  }

  private IndexedInbox begun() {
    IndexedInbox there = indexed;
    if (there == null) {
      // Told of what goes from before it reads what is there.
      ledger.inbox().whenGone(placed -> gone.add(InboxPosition.of(placed).number()));
      there = new IndexedInbox(ledger.inbox(), opening, most, clock.millis());
      purgedAt = clock.millis();
      indexed = there;
    }
    return there;
  }

  private List<Long> gone() {
    List<Long> out = new ArrayList<>();
    Long place = gone.poll();
    while (place != null) {
      out.add(place);
      place = gone.poll();
    }
    return out;
  }

  private void purge(MessageIndex index) {
    synchronized (purging) {
      long now = clock.millis();
      if (!closed && Math.abs(now - purgedAt) >= PURGED_EVERY.toMillis()) {
        purgedAt = now;
        index.purge();
        size = index.size();
      }
    }
  }

  /** Messages in it after the last round. */
  public int size() {
    return size;
  }

  /** Whether it is still being built after a start. */
  public boolean isBuilding() {
    return building;
  }

  /** Nothing is taken in or found any more. */
  @Override
  public void close() {
    synchronized (purging) {
      synchronized (this) {
        closed = true;
        if (indexed != null) {
          indexed.close();
          indexed = null;
        }
      }
    }
  }
}
