package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.cluster.ClusterStatus;
import org.entente.gateway.cluster.ClusterStatus.Machine;
import org.junit.jupiter.api.Test;

class ClusterReportTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private static Optional<String> unfit(long behind, Duration silence) {
    return ClusterReport.unfit(
        new Machine("fr-2", "10.0.0.2:9450", behind, Optional.of(silence), Optional.of(true)),
        TIMEOUT);
  }

  private static List<String> warnings(int machines) {
    List<Machine> all =
        List.of("fr-1", "fr-2", "fr-3").subList(0, machines).stream()
            .map(
                name ->
                    new Machine(
                        name, name + ":9450", 0, Optional.of(Duration.ZERO), Optional.of(true)))
            .toList();
    return ClusterReport.warnings(
        new ClusterStatus("fr-1", ClusterStatus.Role.LEADER, Optional.of("fr-1"), 3, all), TIMEOUT);
  }

  @Test
  void leaderOfTwoMachines_saysThatNoneMayFail() {
    assertEquals(List.of(), warnings(1));
    assertEquals(
        List.of(
            "cluster: two machines run this gateway, and the loss of either stops it: add a third,"
                + " or remove one"),
        warnings(2));
    assertEquals(List.of(), warnings(3));
  }

  /** It lost its keystore, and the leader copies the keys to it again. */
  @Test
  void machine_whoseKeysAreNotConfirmed_isNamed_unlessItIsDown() {
    assertEquals(
        List.of(
            "cluster: the keys of fr-2 (fr-2:9450) are not confirmed: stop no other machine before"
                + " they are"),
        warningsWithoutKeys(Duration.ZERO));
    assertEquals(
        List.of("cluster: fr-2 (fr-2:9450) has not answered for 2 s"),
        warningsWithoutKeys(TIMEOUT.multipliedBy(2)));
  }

  private static List<String> warningsWithoutKeys(Duration silence) {
    List<Machine> all =
        Stream.of("fr-1", "fr-2", "fr-3")
            .map(
                name ->
                    new Machine(
                        name,
                        name + ":9450",
                        0,
                        Optional.of(name.equals("fr-2") ? silence : Duration.ZERO),
                        Optional.of(!name.equals("fr-2"))))
            .toList();
    return ClusterReport.warnings(
        new ClusterStatus("fr-1", ClusterStatus.Role.LEADER, Optional.of("fr-1"), 3, all), TIMEOUT);
  }

  /** The fifteenth look: a machine that lacked much was given the lead, and commits stopped. */
  @Test
  void machine_thatIsSilentOrFarBehind_doesNotGetTheLead() {
    assertEquals(Optional.empty(), unfit(10_000, TIMEOUT));
    assertEquals(
        Optional.of(
            "fr-2 (10.0.0.2:9450) is 10001 entries of the log behind: wait until it has caught up,"
                + " or name another machine"),
        unfit(10_001, TIMEOUT));
    assertEquals(
        Optional.of(
            "fr-2 (10.0.0.2:9450) has not answered for 1001 ms: start it, or name another machine"),
        unfit(0, TIMEOUT.plusMillis(1)));
  }
}
