package org.entente.gateway.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Events in the order of their virtual time; of the same time, in the order in which they came. */
final class VirtualTime {
  private record Event(long nanos, long number, Object owner, Runnable task) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
  private long now;
  private long count;

  /** Nanoseconds since the beginning. */
  long nanos() {
    return now;
  }

  /** Events so far. */
  long count() {
    return count;
  }

  /** Events that are still to come. */
  int pending() {
    return events.size();
  }

  void after(long nanos, Runnable task) {
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

  /** Runs the events up to a time, which it then is. */
  void runUntil(long nanos) {
    Event next = events.peek();
    while (next != null && next.nanos() <= nanos) {
      events.remove();
      now = next.nanos();
      next.task().run();
      next = events.peek();
    }
    now = nanos;
  }
}
