package org.entente.loadtests.demo;

import org.entente.loadtests.traffic.Timing;

/**
 * Time in which one gateway was down, from its SIGKILL until it was ready again.
 *
 * @param from by {@link System#nanoTime}
 * @param to by {@link System#nanoTime}
 */
record Outage(String agency, long from, long to) {
  /** Whether a message to or from that gateway was in flight in that time. */
  boolean touches(Timing timing) {
    boolean concerned =
        timing.pair().recipient().equals(agency) || timing.publisher().equals(agency);
    return concerned && timing.end() - from >= 0 && timing.start() - to <= 0;
  }
}
