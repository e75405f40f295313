package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HopSimulationTest {
  private static final int SEEDS = Integer.getInteger("entente.link.seeds", 3000);
  private static final int SEEDS_FOR_MUTANTS = 500;

  @Test
  void protocol_underAnySeed_losesNothingAndCommitsOnce() {
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        new HopSimulation(seed, ProtocolMutant.NONE).run();
      } catch (AssertionError | RuntimeException broken) {
        throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void mutant_underSomeSeed_isCaught(ProtocolMutant mutant) {
    Optional<String> caught = Optional.empty();
    for (long seed = 0; seed < SEEDS_FOR_MUTANTS && caught.isEmpty(); seed++) {
      try {
        new HopSimulation(seed, mutant).run();
      } catch (AssertionError | IllegalStateException broken) {
        caught = Optional.of("seed " + seed + ": " + broken.getMessage());
      }
    }
    assertTrue(caught.isPresent(), () -> mutant + " passes " + SEEDS_FOR_MUTANTS + " seeds");
  }
}
