package org.entente.gateway.feature.search;

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
 * The search index of a node, kept in step with its inbox. It is created in memory when first
 * needed and built from the ledger in small rounds, so that a start does not wait for it. It does
 * not outlive the process.
 *
 * <p>Messages that are erased, recalled or removed at the end of their retention are noted when
 * that is committed, and removed before the next search. Their remains in memory are merged away
 * within {@link #PURGED_EVERY}, if {@link #round} or {@link #forget} is called regularly. Safe for
 * use by several threads.
 */
public final class SearchIndex implements AutoCloseable {
  /** How long a removed message may stay in memory. */
  public static final Duration PURGED_EVERY = Duration.ofMinutes(1);

  /** Messages added at each end in one round: few, so that a round takes little processor time. */
  private static final int AT_ONCE = 500;

  /** New messages that are added while a search waits. */
  private static final int WHILE_WAITING = 2_000;

  private final Ledger ledger;
  private final InboxOpener opening;
  private final InstantSource clock;
  private final int most;
  private final Queue<Long> gone = new ConcurrentLinkedQueue<>();

  /** Held while memory is released, for which searches need not wait; locked before this object. */
  private final Object purging = new Object();

  private @Nullable IndexedInbox indexed;
  private volatile boolean closed;
  private volatile long purgedAt;
  private volatile int size;
  private volatile boolean building = true;

  /**
   * An empty index.
   *
   * @param most most messages that it holds; one with many terms counts as several
   */
  public SearchIndex(Ledger ledger, InboxOpener opening, InstantSource clock, int most) {
    this.ledger = ledger;
    this.opening = opening;
    this.clock = clock;
    this.most = most;
  }

  /**
   * The index as seen by a search.
   *
   * @param current whether it contains all messages received so far
   * @param reachesBackTo messages received before this time are not in it; empty if it is complete
   */
  record ReadyIndex(MessageIndex index, boolean current, Optional<Instant> reachesBackTo) {}

  /** Adds and removes some messages; call it regularly from one thread. */
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

  /** The index, including changes since the last round. */
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

  /**
   * Forgets the index while nobody may search: nothing would keep it in step with the inbox. The
   * next search or round builds it again. A search that runs keeps what it reads.
   */
  public synchronized void forget() {
    if (indexed != null) {
      ledger.inbox().whenGone(placed -> {});
      gone.clear();
      indexed = null;
      size = 0;
      building = true;
    }
  }

  /** Removals that are noted, and not made in the index yet. */
  int noted() {
    return gone.size();
  }

  private IndexedInbox begun() {
    IndexedInbox there = indexed;
    if (there == null) {
      // Register before reading the inbox, so that no removal is missed.
      ledger.inbox().whenGone(placed -> gone.add(InboxPosition.of(placed).number()));
      there =
          new IndexedInbox(
              ledger.inbox(),
              placed -> opening.message(placed, label -> true),
              most,
              clock.millis());
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

  /** Messages in the index after the last round. */
  public int size() {
    return size;
  }

  /** Whether it is still being built after a start. */
  public boolean isBuilding() {
    return building;
  }

  /** Stops additions and searches. */
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
