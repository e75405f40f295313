package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes under faults lose nothing that was acknowledged, and become one again. */
class ClusterSimulationTest {
  private static final int SEEDS = 20;
  private static final Duration LONG_RUN = Duration.ofMinutes(1);

  /** What seeds must contain, or they would say nothing about it. */
  private static final Set<String> MUST_HAPPEN =
      Set.of(
          "KILL",
          "POWER",
          "POWER_OF_ALL",
          "ISOLATE",
          "ONE_WAY",
          "LOSSES",
          "FREEZE",
          "FULL_DISK",
          "FULL_LOG",
          "LEAD_LOST_AND_WON",
          "WALL_CLOCK",
          "a bit flipped",
          "a commit failed",
          "a commit was held up",
          "a copy was received",
          "a held-up change of keys was refused",
          "a key was destroyed everywhere",
          "a key was refused",
          "a message was delivered",
          "a node stops",
          "an entry was passed over");

  @TempDir private Path work;

  @Test
  void threeNodes_underFaultsOfAnySeed_loseNothingAndBecomeOne() {
    Map<String, Integer> happened = new TreeMap<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      run(seed).happened().forEach((what, count) -> happened.merge(what, count, Integer::sum));
    }
    Set<String> missing = new TreeSet<>(MUST_HAPPEN);
    missing.removeAll(happened.keySet());
    assertEquals(Set.of(), missing, "these seeds say nothing about it");
  }

  @Test
  @Tag("extended")
  @Tag("cluster")
  void threeNodes_underFaultsOfSeedsForAMinute_loseNothingAndBecomeOne() {
    long end = System.nanoTime() + LONG_RUN.toNanos();
    long seed = SEEDS;
    while (System.nanoTime() - end < 0) {
      run(seed);
      seed++;
    }
    System.out.println(seed - SEEDS + " seeds of a cluster");
    assertTrue(seed > 2 * SEEDS, "only " + (seed - SEEDS) + " seeds");
  }

  private ClusterSimulation.Result run(long seed) {
    try {
      return ClusterSimulation.run(seed, work);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  @Test
  void seed_runAgain_isTheSame() {
    ClusterSimulation.Result first = ClusterSimulation.run(3, work);
    assertEquals(first, ClusterSimulation.run(3, work));
    assertNotEquals(first.chain(), ClusterSimulation.run(4, work).chain());
  }
}
