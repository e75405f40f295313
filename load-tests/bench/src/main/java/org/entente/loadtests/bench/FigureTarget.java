package org.entente.loadtests.bench;

import java.util.List;

/**
 * Target of a figure: a floor, which must be met, and an aim. Compared with the median of the
 * repeats.
 *
 * @param id of the figure
 * @param what the quantity, in words
 * @param unit of the bounds
 * @param atLeast whether more is better
 */
record FigureTarget(
    String id, String what, String unit, boolean atLeast, double floor, double aim) {
  private static final String RATIO = "ratio";

  /** All targets, in the order in which they are shown. */
  static final List<FigureTarget> ALL =
      List.of(
          atLeast("artemis_ratio", "messages/s to Artemis, synced at both ends", 1.5, 2),
          atLeast(
              "throughput_to_durable",
              "messages/s to the durable raw chain, packed 64",
              0.15,
              0.25),
          atLeast("as4_speedup", "messages/s to AS4 at its best number of senders", 200, 300),
          atLeast("nats_ratio", "messages/s to NATS JetStream, synced at both ends", 9, 12),
          atMost(
              "cpu_packed_us", "processor time, packed 64, both gateways together", "µs", 48, 35),
          atMost("cpu_lone_us", "processor time, alone at 100/s, each gateway", "µs", 600, 450),
          atMost("artemis_flash_p50", "p50 of FLASH at 200/s to Artemis'", RATIO, 1.8, 1.2),
          atMost("artemis_p50", "p50 at 1,000/s to Artemis'", RATIO, 2, 1.3),
          atMost("artemis_p99", "p99 at 1,000/s to Artemis'", RATIO, 1, 0.7),
          atMost("flash_p99_ratio", "p99 of FLASH beside ROUTINE to alone", RATIO, 3, 1.5),
          atMost("flash_beside_fetch_p50", "p50 of FLASH beside a fetch to alone", RATIO, 3, 1.5),
          atMost("flash_beside_fetch_ratio", "p99 of FLASH beside a fetch to alone", RATIO, 3, 1.5),
          atLeast("kafka_ratio", "messages/s into a topic to a plain client", 0.25, 0.5),
          atMost("entente.p99.50pc", "p99 at 50 % of capacity", "ms", 30, 10),
          atMost("entente.p50.90pc", "p50 at 90 % of capacity", "ms", 50, 20),
          atMost("fanout_us", "a further recipient of the same envelope", "µs", 10, 4),
          atMost("transit_us", "a transit's processor time for a message", "µs", 8, 4),
          atMost("disk.written.sender", "written to the sender's disk, 1 KiB", "B", 3_000, 2_500),
          atMost(
              "disk.written.recipient",
              "written to the recipient's disk, 1 KiB",
              "B",
              3_000,
              2_500),
          atLeast("sustained_ratio", "messages/s in the tenth minute to the first", 0.95, 1),
          atMost(
              "backlog_rss_growth_mib",
              "1,000,000 messages for a dead peer: memory",
              "MiB",
              40,
              16),
          atMost("subscribers_1000_last_ms", "1,000 subscribers: last delivery", "ms", 300, 100),
          atMost("start_ready_ms", "start to ready with existing data", "ms", 3_000, 1_000),
          atMost("rss_idle_mib", "resident memory of an idle gateway", "MiB", 300, 200),
          atLeast(ClusterCost.RATE_RATIO, "messages/s on three machines to one", 0.5, 0.8),
          atMost(ClusterCost.P50_RATIO, "p50 at 1,000/s on three machines to one", RATIO, 3, 2),
          atMost(ClusterCost.LONGEST, "longest take-over after SIGKILL of the leader", "s", 5, 2),
          atMost("policy_uncached_us", "decision among 1,000 agreements, uncached", "µs", 10, 5),
          atMost("policy_cached_us", "the same, cached", "µs", 1, 0.2),
          atMost("wire_overhead_alone", "bytes on the link beyond 1 KiB, alone", "B", 500, 400),
          atMost("wire_overhead_64", "the same in envelopes of 64", "B", 44, 36));

  /** Result of a comparison. */
  enum Verdict {
    /** Meets the aim. */
    AIM_MET("aim met"),
    /** Meets the floor. */
    FLOOR_MET("floor met"),
    /** Worse than the floor. */
    NOT_MET("not met");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private static FigureTarget atLeast(String id, String what, double floor, double aim) {
    return new FigureTarget(id, what, RATIO, true, floor, aim);
  }

  private static FigureTarget atMost(
      String id, String what, String unit, double floor, double aim) {
    return new FigureTarget(id, what, unit, false, floor, aim);
  }

  /** Judges a measured value. */
  Verdict judge(double value) {
    if (reaches(value, aim)) {
      return Verdict.AIM_MET;
    }
    return reaches(value, floor) ? Verdict.FLOOR_MET : Verdict.NOT_MET;
  }

  private boolean reaches(double value, double bound) {
    return atLeast ? value >= bound : value <= bound;
  }
}
