package org.entente.loadtests.baselines;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Task of a baseline, given by the benchmark.
 *
 * @param folder its folder; empty
 * @param repeats of each figure
 * @param warmUp how long it runs unmeasured at first
 * @param saturated how long throughput is counted
 * @param paced how long latency is measured
 */
record Task(Path folder, int repeats, Duration warmUp, Duration saturated, Duration paced) {
  /** Bytes of a message. */
  static final int BYTES = 1 << 10;

  /** Messages in flight: the same as for the gateways. */
  static final int WINDOW = 4_096;

  /** Messages a second for latency. */
  static final int LOW_RATE = 1_000;

  private static final int ARGUMENTS = 5;

  static Task of(String... arguments) {
    if (arguments.length != ARGUMENTS) {
      throw new IllegalArgumentException("folder, repeats, and three times in milliseconds");
    }
    return new Task(
        Path.of(arguments[0]),
        Integer.parseInt(arguments[1]),
        millis(arguments[2]),
        millis(arguments[3]),
        millis(arguments[4]));
  }

  private static Duration millis(String argument) {
    return Duration.ofMillis(Long.parseLong(argument));
  }
}
