package org.entente.loadtests.demo;

import java.util.concurrent.TimeUnit;

/**
 * A part of the demonstration's traffic. The next one begins when its messages have arrived.
 *
 * @param messages how many were published
 * @param from when it began, by {@link System#nanoTime}
 * @param answered time of the last answer, by {@link System#nanoTime}
 * @param to when its messages had arrived, by {@link System#nanoTime}
 */
record Phase(int messages, long from, long answered, long to) {
  private static final double TOLERATED = 1.1;
  private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Number of messages, as text. */
  static String words(int messages) {
    return messages == 1 ? "1 message" : messages + " messages";
  }

  /** Whether a time is within the phase. */
  boolean holds(long at) {
    return at - from >= 0 && at - to < 0;
  }

  /** From its beginning to the last answer. */
  double seconds() {
    return (answered - from) / NANOS_A_SECOND;
  }

  /** Whether the answers fell behind the intended rate. */
  boolean isBehind(int rate) {
    return seconds() > TOLERATED * messages / rate + 1;
  }
}
