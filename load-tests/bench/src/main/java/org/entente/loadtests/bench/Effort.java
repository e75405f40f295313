package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.entente.loadtests.federation.Machine;

/**
 * Effort of a run: what it measures and for how long.
 *
 * @param name its name in results
 * @param machine JVM settings of the gateways
 * @param repeats number of measurements of each compared pair of figures, in turns
 * @param warmUp how long each way runs unmeasured at first
 * @param before how long each measurement runs before it is counted
 * @param saturated how long throughput is counted
 * @param paced how long latency is measured at one rate
 * @param calls whether throughput with a call for each message is measured too
 * @param parts of the measured capacity at which latency is measured, in percent
 * @param sizes bytes of a message for throughput against size
 * @param batches messages in a gRPC message of the raw chain for throughput against batch, besides
 *     1 and 64
 * @param settling longest time in which each of these loads warms the gateways up before; zero for
 *     as warm as they are
 * @param counted how long each load lasts under which operations are counted
 * @param baseline how long each figure of a baseline is measured
 * @param scenarios effort of the scenarios with their own gateways
 */
record Effort(
    String name,
    Machine machine,
    int repeats,
    Duration warmUp,
    Duration before,
    Duration saturated,
    Duration paced,
    boolean calls,
    List<Integer> parts,
    List<Integer> sizes,
    List<Integer> batches,
    Duration settling,
    Duration counted,
    Duration baseline,
    Scenarios scenarios) {
  /**
   * Effort of the scenarios with their own gateways.
   *
   * @param warmUp how long gateways run unmeasured at first
   * @param rest how long a gateway has no load before it counts as idle
   * @param chosen the scenarios of a whole run
   * @param stored messages whose disk space is measured, with it bytes on a link, and the backlog
   *     for Kafka
   * @param recipients numbers of recipients of one message, rising from 1
   * @param fanned messages to each number of recipients
   * @param subscribers numbers of subscribers of one message, rising
   * @param attachments sizes of attachments in MiB, rising
   * @param queued messages for a dead peer
   * @param takeOvers leaders of a gateway on three machines that are killed
   * @param sustained a tenth of the time of sustained load
   */
  record Scenarios(
      Duration warmUp,
      Duration rest,
      Set<String> chosen,
      int stored,
      List<Integer> recipients,
      int fanned,
      List<Integer> subscribers,
      List<Integer> attachments,
      int queued,
      int takeOvers,
      Duration sustained) {
    /** The names of all scenarios. */
    static final Set<String> ALL =
        Set.of(
            "policy",
            "transit",
            "wire",
            "disk",
            "fanout",
            "subscribers",
            "attachments",
            "kafka",
            "sustained",
            "queued",
            "cluster");

    Scenarios {
      chosen = Set.copyOf(chosen);
      recipients = List.copyOf(recipients);
      subscribers = List.copyOf(subscribers);
      attachments = List.copyOf(attachments);
    }
  }

  private static final Duration BRIEF = Duration.ofSeconds(5);

  /** The size of messages for all ratios. */
  static final int KIB = 1 << 10;

  /** The largest body of a message that a gateway accepts by default. */
  static final int LARGEST = (1 << 20) - (4 << 10);

  /** Takes less than a minute and shows that both chains work, with gateways that start quickly. */
  static final Effort SMOKE = shortest("smoke", List.of(10), rough(Set.of("policy")));

  /** The same with every scenario, each as short as possible. */
  static final Effort SCENARIOS =
      shortest(
          "scenarios",
          List.of(10, 50, 90),
          new Scenarios(
              Duration.ofMillis(500),
              Duration.ofMillis(200),
              Scenarios.ALL,
              100,
              List.of(1, 8),
              40,
              List.of(1, 10),
              List.of(1, 4),
              100,
              1,
              Duration.ofMillis(200)));

  /** Less than three minutes with all baselines, without most scenarios. */
  static final Effort QUICK =
      new Effort(
          "quick",
          Machine.GATEWAY,
          2,
          Duration.ofSeconds(3),
          Duration.ofMillis(300),
          Duration.ofMillis(1_000),
          Duration.ofMillis(1_200),
          false,
          List.of(),
          List.of(),
          List.of(),
          Duration.ZERO,
          Duration.ofSeconds(2),
          Duration.ofMillis(1_500),
          rough(Set.of("policy", "transit")));

  /** Less than five minutes, for the counts of a message alone, of warm gateways. */
  static final Effort COUNTS =
      new Effort(
          "counts",
          Machine.GATEWAY,
          1,
          Duration.ofSeconds(12),
          Duration.ZERO,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          false,
          List.of(),
          List.of(),
          List.of(),
          Duration.ofSeconds(75),
          Duration.ofSeconds(6),
          Duration.ofSeconds(1),
          rough(Set.of("policy")));

  /** For published figures. */
  static final Effort LONG =
      new Effort(
          "long",
          Machine.GATEWAY,
          3,
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofSeconds(8),
          Duration.ofSeconds(15),
          true,
          List.of(10, 50, 90),
          List.of(256, 16 << 10, LARGEST),
          List.of(4, 16, 256),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          Duration.ofSeconds(15),
          new Scenarios(
              Duration.ofSeconds(20),
              Duration.ofSeconds(5),
              Scenarios.ALL,
              100_000,
              List.of(1, 10, 50, 200),
              2_000,
              List.of(1, 100, 1_000),
              List.of(1, 64, 2_048),
              1_000_000,
              10,
              Duration.ofMinutes(1)));

  /** The time, but no more than a scenario of many parts can spend on each. */
  static Duration brief(Duration time) {
    return time.compareTo(BRIEF) < 0 ? time : BRIEF;
  }

  /** A part of the scenarios, each as short as a rough figure allows. */
  private static Scenarios rough(Set<String> chosen) {
    return new Scenarios(
        Duration.ofSeconds(3),
        Duration.ofMillis(500),
        chosen,
        10_000,
        List.of(1, 10, 50),
        200,
        List.of(1, 100, 1_000),
        List.of(1, 64, 256),
        50_000,
        3,
        Duration.ofSeconds(2));
  }

  private static Effort shortest(String name, List<Integer> parts, Scenarios scenarios) {
    return new Effort(
        name,
        Machine.QUICK_START,
        1,
        Duration.ofMillis(1_000),
        Duration.ofMillis(100),
        Duration.ofMillis(400),
        Duration.ofMillis(600),
        true,
        parts,
        List.of(LARGEST),
        List.of(256),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        scenarios);
  }
}
