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
          atLeast("throughput_to_raw", "messages/s, 1 KiB, to the raw chain packed 64", 0.35, 0.6),
          atLeast("single_to_raw", "the same to the raw chain unpacked", 0.5, 0.9),
          atMost("p99_to_raw", "p99 at 10 % of capacity to the raw chain's", RATIO, 4, 2),
          atLeast("as4_speedup", "messages/s to AS4, 8 senders", 300, 1_000),
          atLeast("artemis_ratio", "messages/s to Artemis, synced at both ends", 3, 10),
          atLeast("nats_ratio", "messages/s to NATS JetStream, synced at both ends", 15, 50),
          atMost("artemis_p50", "p50 at 1,000/s to Artemis'", RATIO, 1.5, 1),
          atMost("artemis_p99", "p99 at 1,000/s to Artemis'", RATIO, 1.5, 0.7),
          atMost("flash_p99_ratio", "p99 of FLASH beside ROUTINE to alone", RATIO, 3, 1.5),
          atMost("fanout_us", "a further recipient of the same envelope", "µs", 10, 4),
          atMost("transit_to_raw", "a transit's processor time to a raw hop's", RATIO, 2, 1.2),
          atMost(
              "backlog_rss_growth_mib",
              "1,000,000 messages for a dead peer: memory",
              "MiB",
              64,
              16),
          atMost("subscribers_1000_last_ms", "1,000 subscribers: last delivery", "ms", 1_000, 200),
          atMost("start_ready_ms", "start to ready with existing data", "ms", 3_000, 1_000),
          atMost("rss_idle_mib", "resident memory of an idle gateway", "MiB", 250, 120),
          atMost("policy_uncached_us", "decision among 1,000 agreements, uncached", "µs", 50, 5),
          atMost("policy_cached_us", "the same, cached", "µs", 1, 0.2),
          atMost("wire_overhead_alone", "bytes on the link beyond 1 KiB, alone", "B", 600, 400),
          atMost("wire_overhead_64", "the same in envelopes of 64", "B", 40, 24));

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
