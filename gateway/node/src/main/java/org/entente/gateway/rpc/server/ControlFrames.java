package org.entente.gateway.rpc.server;

import org.entente.gateway.link.TokenBucket;

/**
 * How many frames that carry nothing one caller may send, over all its connections. What the
 * gateway sends to it, and the calls that it makes, earn it more: an honest caller answers bytes
 * with WINDOW_UPDATE. Safe for many threads.
 */
final class ControlFrames {
  /** A frame for so many bytes that are sent; the smallest usual window is 65,535 bytes. */
  private static final double BYTES_A_FRAME = 512;

  private static final int FRAMES_A_CALL = 4;

  /** Seconds until an empty budget is full again. */
  private static final int SECONDS_TO_FILL = 10;

  private final TokenBucket budget;

  ControlFrames(int most) {
    this.budget = new TokenBucket((double) most / SECONDS_TO_FILL, most, System.nanoTime());
  }

  synchronized void sent(long bytes) {
    budget.add(bytes / BYTES_A_FRAME);
  }

  /** Frames came; whether they were within the budget. */
  synchronized boolean received(int calls, int control) {
    budget.add((double) calls * FRAMES_A_CALL);
    return control == 0 || budget.take(control, System.nanoTime());
  }
}
