package org.entente.gateway.simulation;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationIT {
  private static final int FIRST_SEEDS = 6;
  private static final int SEEDS_BY_TWO_TRANSITS = 20;
  private static final int HOSTILE_SEEDS = 5;
  private static final int SUPPRESSED_SEEDS = 3;

  /** Forged mail makes its pretended origin send what is under way once more. */
  private static final int MOST_DELAY = 3;

  private static final int SEEDS_IN_ALL = Integer.getInteger("entente.simulation.seeds", 100);

  @TempDir private static Path folder;
  private static Path federation;
  private static SimFederation minted;

  @TempDir private Path work;

  @BeforeAll
  static void mint() throws IOException {
    federation = Files.createDirectory(folder.resolve("federation"));
    minted = SimFederation.mint(federation);
  }

  @Test
  void delivery_underAnySeed_losesNothingDoublesNothingAndDrains() {
    assertEquals(null, SimulateRun.firstFailure(federation, work, 0, FIRST_SEEDS));
  }

  @Test
  @Tag("extended")
  @Tag("simulation")
  void delivery_underFurtherSeeds_losesNothingDoublesNothingAndDrains() {
    int further = SEEDS_IN_ALL - FIRST_SEEDS;
    assertEquals(null, SimulateRun.firstFailure(federation, work, FIRST_SEEDS, further));
  }

  @Test
  void seed_runAgain_isTheSameToTheByte() {
    Simulation.Result first = Simulation.run(3, minted, work);
    assertEquals(first, Simulation.run(3, minted, work));
    assertNotEquals(first, Simulation.run(4, minted, work));
  }

  @Test
  void numbers_thatATransitSuppresses_areReportedAtBothEnds() throws IOException {
    Simulation.runSuppressed(0, minted, work);
  }

  @Test
  @Tag("extended")
  @Tag("simulation")
  void numbers_thatATransitSuppresses_underFurtherSeeds_areReportedAtBothEnds() throws IOException {
    for (long seed = 1; seed < SUPPRESSED_SEEDS; seed++) {
      Simulation.runSuppressed(seed, minted, work);
    }
  }

  /** Threat 98. */
  @Test
  void firstTransit_thatWithholdsAll_delaysMailOnce_andTheOneThatReturnsCarriesAgain()
      throws IOException {
    SimFederation two = mintTwoTransits();
    List<List<Long>> nanos = Simulation.runWithheld(0, two, work);
    assertSlowest(1, nanos.get(0));
    assertSlowest(14, nanos.get(1));
    assertSlowest(1, nanos.get(2));
    assertSlowest(45, nanos.get(3));
  }

  private SimFederation mintTwoTransits() throws IOException {
    Path minting = Files.createDirectory(work.resolve("two-transits"));
    return SimFederation.mint(minting, SimFederation.TWO_TRANSITS);
  }

  @Test
  @Tag("extended")
  @Tag("simulation")
  void delivery_byTwoTransits_underAnySeed_losesNothingDoublesNothingAndDrains()
      throws IOException {
    SimFederation two = mintTwoTransits();
    for (long seed = 0; seed < SEEDS_BY_TWO_TRANSITS; seed++) {
      long now = seed;
      assertDoesNotThrow(() -> Simulation.run(now, two, work), () -> "seed " + now);
    }
  }

  private static void assertSlowest(long seconds, List<Long> nanos) {
    assertTrue(
        nanos.stream().allMatch(one -> one < Duration.ofSeconds(seconds).toNanos()),
        () -> "more than " + seconds + " s: " + nanos);
  }

  @Test
  void member_thatAttacksByAllMeans_holdsUpNoHonestMail() throws IOException {
    assertHonestMailPasses(0, 1);
  }

  @Test
  @Tag("extended")
  @Tag("simulation")
  void member_thatAttacksByAllMeans_underFurtherSeeds_holdsUpNoHonestMail() throws IOException {
    assertHonestMailPasses(1, HOSTILE_SEEDS);
  }

  /** Time is virtual here: it counts what waits for what, not how fast a machine is. */
  private void assertHonestMailPasses(long from, long to) throws IOException {
    List<Long> calm = new ArrayList<>();
    List<Long> attacked = new ArrayList<>();
    for (long seed = from; seed < to; seed++) {
      calm.addAll(Simulation.runHostile(seed, false, minted, work).nanos());
      Simulation.Hostility hostile = Simulation.runHostile(seed, true, minted, work);
      assertEquals(Set.of(HostileMember.Act.values()), hostile.acts().keySet());
      attacked.addAll(hostile.nanos());
    }
    assertTrue(
        nearlySlowest(attacked) <= MOST_DELAY * nearlySlowest(calm),
        () -> "calm: " + calm + "; attacked: " + attacked);
  }

  /** Slower than 19 of 20. */
  private static long nearlySlowest(List<Long> nanos) {
    return nanos.stream().sorted().skip(nanos.size() * 19L / 20).findFirst().orElseThrow();
  }
}
