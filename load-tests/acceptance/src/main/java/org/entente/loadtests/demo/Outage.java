package org.entente.loadtests.demo;

import java.util.concurrent.TimeUnit;
import org.entente.loadtests.traffic.Timing;

/**
 * Time in which one gateway was down, from its SIGKILL until it was ready again, or another machine
 * of its cluster was.
 *
 * @param from by {@link System#nanoTime}
 * @param to by {@link System#nanoTime}
 * @param machines on how many the gateway runs
 */
record Outage(String agency, long from, long to, int machines) {
  /** From the SIGKILL to the end. */
  double millis() {
    return (to - from) / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  /** Whether a message to or from that gateway was in flight in that time. */
  boolean touches(Timing timing) {
    boolean concerned =
        timing.pair().recipient().equals(agency) || timing.publisher().equals(agency);
    return concerned && timing.end() - from >= 0 && timing.start() - to <= 0;
  }
}
