package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much time a run takes for what it measures.
 *
 * @param name as results say it
 * @param repeats how often each pair of figures that is compared is measured, in turns
 * @param warmUp how long each way runs before anything counts
 * @param before how long each measurement runs before it counts
 * @param saturated how long throughput is counted
 * @param paced how long latency is measured at one rate
 * @param sizes bytes of a message for throughput against size
 * @param baseline how long each figure of a baseline is measured
 */
record Effort(
    String name,
    int repeats,
    Duration warmUp,
    Duration before,
    Duration saturated,
    Duration paced,
    List<Integer> sizes,
    Duration baseline) {
  /** The size that every ratio is about. */
  static final int KIB = 1 << 10;

  /** The largest message that a gateway takes by default, less its label. */
  static final int LARGEST = (1 << 20) - (4 << 10);

  /** Shows that everything works, and nothing else. */
  static final Effort SMOKE =
      new Effort(
          "smoke",
          1,
          Duration.ofMillis(1_500),
          Duration.ofMillis(100),
          Duration.ofMillis(400),
          Duration.ofMillis(600),
          List.of(LARGEST),
          Duration.ofSeconds(1));

  /** Under three minutes with all baselines. */
  static final Effort QUICK =
      new Effort(
          "quick",
          3,
          Duration.ofSeconds(8),
          Duration.ofMillis(500),
          Duration.ofMillis(2_000),
          Duration.ofMillis(4_000),
          List.of(256, 16 << 10, LARGEST),
          Duration.ofSeconds(4));

  /** For figures that are kept. */
  static final Effort LONG =
      new Effort(
          "long",
          5,
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          Duration.ofSeconds(8),
          Duration.ofSeconds(15),
          List.of(256, 16 << 10, LARGEST),
          Duration.ofSeconds(15));
}
