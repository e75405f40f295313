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

  /** A majority answered a question that was asked then. */
  void confirmed(long asked) {
    end.accumulateAndGet(asked + lengthNanos, (before, next) -> next - before > 0 ? next : before);
  }

  /** No more than what lasts already: this node was told of another leader. */
  void ended() {
    end.set(clock.getAsLong());
  }

  /** Whether no other serves yet. */
  boolean lasts() {
    return clock.getAsLong() - end.get() < 0;
  }
}
