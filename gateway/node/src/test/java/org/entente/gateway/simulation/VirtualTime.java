package org.entente.gateway.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Events in the order of their virtual time; of the same time, in the order in which they came. */
public final class VirtualTime {
  private record Event(long nanos, long number, Object owner, Runnable task) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
  private long now;
  private long count;

  /** Nanoseconds since the beginning. */
  public long nanos() {
    return now;
  }

  /** Events so far. */
  public long count() {
    return count;
  }

  /** Events that are still to come. */
  int pending() {
    return events.size();
  }

  /** Runs a task later. */
  public void after(long nanos, Runnable task) {
    after(nanos, this, task);
  }

  /** The same for somebody whose events {@link #forget} drops. */
  void after(long nanos, Object owner, Runnable task) {
    events.add(new Event(now + nanos, count++, owner, task));
  }

  /** Drops what somebody would have done later. */
  void forget(Object owner) {
    events.removeIf(event -> event.owner() == owner);
  }

  /** Runs the events up to a time, which it then is, or is past if an event waited for longer. */
  public void runUntil(long nanos) {
    Event next = events.peek();
    while (next != null && next.nanos() <= nanos) {
      runNext();
      next = events.peek();
    }
    now = Math.max(now, nanos);
  }

  /**
   * Waits within an event, as a thread would: runs others until a condition holds. There must be
   * events until then.
   */
  public void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      runNext();
    }
  }

  private void runNext() {
    Event next = events.remove();
    now = next.nanos();
    next.task().run();
  }
}
