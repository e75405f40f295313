package org.entente.loadtests.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code load-tests/attacks}: a member with a valid certificate attacks from a
 * process of its own, and every honest message arrives. What would hold honest traffic back, such
 * as a port that is full, shows by far more than a busy machine does.
 */
@Tag("extended")
@Tag("isolation")
final class AttackIT {
  private static final double MOST = 6;

  @TempDir private Path folder;

  @Test
  void attacksOnThePortOfPeers_holdNoHonestMessageBack() throws Exception {
    try (Federation federation =
        Federation.mint(ConfigurationHome.find(), folder, Machine.GATEWAY)) {
      StringBuilder said = new StringBuilder();
      Map<String, AttackLatency.Result> results =
          new AttackLatency(federation, line -> said.append(line).append('\n')).measure(50, 1);
      assertEquals(Set.copyOf(AttackLatency.attacks()), results.keySet());
      results.forEach(
          (attack, result) ->
              assertTrue(result.ratio() <= MOST, () -> attack + " " + result + "\n" + said));
    }
  }
}
