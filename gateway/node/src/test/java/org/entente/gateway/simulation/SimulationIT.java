package org.entente.gateway.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationIT {
  private static final int SEEDS = 20;
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
    assertEquals(null, SimulateRun.firstFailure(federation, work, 0, SEEDS));
  }

  @Test
  @Tag("extended")
  @Tag("simulation")
  void delivery_underFurtherSeeds_losesNothingDoublesNothingAndDrains() {
    assertEquals(null, SimulateRun.firstFailure(federation, work, SEEDS, SEEDS_IN_ALL - SEEDS));
  }

  @Test
  void seed_runAgain_isTheSameToTheByte() {
    Simulation.Result first = Simulation.run(3, minted, work);
    assertEquals(first, Simulation.run(3, minted, work));
    assertNotEquals(first, Simulation.run(4, minted, work));
  }

  @Test
  void numbers_thatATransitSuppresses_areReportedAtBothEnds() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      Simulation.runSuppressed(seed, minted, work);
    }
  }
}
