package org.entente.gateway.cluster;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Until when a leader may act alone: for a time after a question that a majority answered.
 *
 * <p>A node that is elected later waits for as long before it serves ({@link Leadership}). One of
 * the nodes that elected it had answered the question, and had done so before: a node that knows of
 * a later term answers no earlier leader. So the question was asked before the election, and the
 * lease is over when the next leader serves. Nothing rests on how nodes decide when to vote.
 *
 * <p>The clock must not stop while the machine sleeps, as {@link System#nanoTime} does on Linux: a
 * leader that wakes would believe in a lease that ended long ago. Safe for use by many threads.
 */
final class LeaderLease {
  private final long lengthNanos;
  private final LongSupplier clock;
  private final AtomicLong end;
  private boolean over;

  /**
   * A lease that has not begun.
   *
   * @param length the time that a next leader waits, less the error of the clock
   * @param clock nanoseconds since any moment, counted in sleep too; never goes back
   */
  LeaderLease(Duration length, LongSupplier clock) {
    this.lengthNanos = length.toNanos();
    this.clock = clock;
    this.end = new AtomicLong(clock.getAsLong());
  }

  /** The time of asking, for {@link #confirmed}. */
  long asked() {
    return clock.getAsLong();
  }

  /** A majority answered a question that was asked then. No effect once it was {@link #ended}. */
  synchronized void confirmed(long asked) {
    if (over) {
      return;
    }
    end.accumulateAndGet(asked + lengthNanos, (before, next) -> next - before > 0 ? next : before);
  }

  /** It is over for good: this node was told of another leader. */
  synchronized void ended() {
    over = true;
    end.set(clock.getAsLong());
  }

  /** Whether no other serves yet. */
  boolean lasts() {
    return clock.getAsLong() - end.get() < 0;
  }
}
