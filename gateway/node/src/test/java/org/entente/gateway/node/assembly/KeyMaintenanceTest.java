package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyMaintenanceTest {
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");

  /** The log must not say of a cluster what is true of one node. */
  @Test
  void recordOfADestroyedKey_namesNodesThatHaveNotConfirmedIt() {
    assertEquals(
        "destroyed the storage key of messages kept until 2026-03-01",
        KeyMaintenance.bucketErased(DAY, List.of(), List.of()));
    assertEquals(
        "destroyed the storage key of messages kept until 2026-03-01; not confirmed by node n2, n3",
        KeyMaintenance.bucketErased(DAY, List.of("n2", "n3"), List.of()));
    assertEquals(
        "destroyed the storage key of messages kept until 2026-03-01; attested for node n4",
        KeyMaintenance.bucketErased(DAY, List.of(), List.of("n4")));
    assertEquals(
        "the keystore lacks the storage key of messages kept until 2026-03-01, which ended: it was"
            + " destroyed before a stop, or lost; not confirmed by node n2",
        KeyMaintenance.bucketGone(DAY, List.of("n2"), List.of()));
  }
}
