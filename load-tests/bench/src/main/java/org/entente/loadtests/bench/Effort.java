package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.List;
import org.entente.loadtests.federation.Machine;

/**
 * How much time a run takes for what it measures.
 *
 * @param name as results say it
 * @param machine how the gateways' Java machines are set
 * @param repeats how often each pair of figures that is compared is measured, in turns
 * @param warmUp how long each way runs before anything counts
 * @param before how long each measurement runs before it counts
 * @param saturated how long throughput is counted
 * @param paced how long latency is measured at one rate
 * @param parts of the measured capacity at which latency is measured, in percent; 10 among them
 * @param sizes bytes of a message for throughput against size
 * @param batches messages in a gRPC message of the raw chain for throughput against batch, beside 1
 *     and 64
 * @param baseline how long each figure of a baseline is measured
 * @param scenarios of the scenarios that have gateways of their own
 */
record Effort(
    String name,
    Machine machine,
    int repeats,
    Duration warmUp,
    Duration before,
    Duration saturated,
    Duration paced,
    List<Integer> parts,
    List<Integer> sizes,
    List<Integer> batches,
    Duration baseline,
    Scenarios scenarios) {
  /**
   * What the scenarios that have gateways of their own do.
   *
   * @param warmUp how long gateways run before anything counts
   * @param rest how long a gateway is left alone before it is idle
   * @param transit whether the cost of a transit and the bytes on a link are measured
   * @param stored messages whose place on the disk is looked at; 0: left out
   * @param recipients of one message, rising from 1; none: left out
   * @param fanned messages to each number of recipients
   * @param subscribers for one message to many, rising; none: left out
   * @param queued messages for a dead peer; 0: left out
   */
  record Scenarios(
      Duration warmUp,
      Duration rest,
      boolean transit,
      int stored,
      List<Integer> recipients,
      int fanned,
      List<Integer> subscribers,
      int queued) {
    Scenarios {
      recipients = List.copyOf(recipients);
      subscribers = List.copyOf(subscribers);
    }
  }

  /** The size that every ratio is about. */
  static final int KIB = 1 << 10;

  /** The largest message that a gateway takes by default, less its label. */
  static final int LARGEST = (1 << 20) - (4 << 10);

  private static final Scenarios NONE =
      new Scenarios(
          Duration.ofSeconds(2), Duration.ofMillis(500), false, 0, List.of(), 0, List.of(), 0);

  /** Less than a minute that shows that both chains work, on gateways that start quickly. */
  static final Effort SMOKE = shortest("smoke", List.of(10), NONE);

  /** The same with every scenario, each as short as can be. */
  static final Effort SCENARIOS =
      shortest(
          "scenarios",
          List.of(10, 50, 90),
          new Scenarios(
              Duration.ofMillis(500),
              Duration.ofMillis(200),
              true,
              100,
              List.of(1, 8),
              40,
              List.of(1, 10),
              100));

  /** Some three minutes with all baselines: most scenarios are left out. */
  static final Effort QUICK =
      new Effort(
          "quick",
          Machine.GATEWAY,
          2,
          Duration.ofSeconds(3),
          Duration.ofMillis(300),
          Duration.ofMillis(1_500),
          Duration.ofMillis(1_200),
          List.of(10),
          List.of(LARGEST),
          List.of(256),
          Duration.ofMillis(1_500),
          NONE);

  /** For figures that are kept. */
  static final Effort LONG =
      new Effort(
          "long",
          Machine.GATEWAY,
          3,
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofSeconds(8),
          Duration.ofSeconds(15),
          List.of(10, 50, 90),
          List.of(256, 16 << 10, LARGEST),
          List.of(4, 16, 256),
          Duration.ofSeconds(15),
          new Scenarios(
              Duration.ofSeconds(20),
              Duration.ofSeconds(5),
              true,
              100_000,
              List.of(1, 10, 50, 200),
              2_000,
              List.of(1, 100, 1_000),
              1_000_000));

  private static Effort shortest(String name, List<Integer> parts, Scenarios scenarios) {
    return new Effort(
        name,
        Machine.QUICK_START,
        1,
        Duration.ofMillis(1_000),
        Duration.ofMillis(100),
        Duration.ofMillis(400),
        Duration.ofMillis(600),
        parts,
        List.of(LARGEST),
        List.of(256),
        Duration.ofSeconds(1),
        scenarios);
  }
}
