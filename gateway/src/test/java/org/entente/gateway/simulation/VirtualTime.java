package org.entente.gateway.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Events in the order of their virtual time; of the same time, in the order in which they came. */
final class VirtualTime {
  private record Event(long nanos, long number, Runnable task) {}

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
    events.add(new Event(now + nanos, count++, task));
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
