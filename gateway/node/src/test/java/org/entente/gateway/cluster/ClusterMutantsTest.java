package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.simulation.SourceMutant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation notices a cluster that breaks one rule. */
class ClusterMutantsTest {
  private static final String MACHINE = "cluster/LedgerStateMachine.java";
  private static final String KEYS = "cluster/LeaderKeys.java";
  private static final int SEEDS = 1_000;

  @TempDir private Path work;

  static List<SourceMutant> mutants() {
    return List.of(
        new SourceMutant(
            "serves without the keys of others",
            7,
            KEYS,
            "return adopt(mine, states);",
            "return true;"),
        new SourceMutant(
            "lets the log go up to what is applied",
            1,
            MACHINE,
            "durable = copy.flush();",
            "durable = copy.position();"),
        new SourceMutant(
            "goes on after an entry that it could not apply",
            5,
            MACHINE,
            "      role.stopped(e);\n      throw e;\n    }\n  }\n\n  private boolean apply",
            """
                return CompletableFuture.completedFuture(STALE);
              }
            }

            private boolean apply\
            """
                .indent(2)
                .stripTrailing()),
        new SourceMutant(
            "applies what a leader of an earlier term computed",
            49,
            MACHINE,
            "commit.term() != term || ",
            ""));
  }

  static List<SourceMutant> furtherMutants() {
    return List.of(
        new SourceMutant(
            "believes what an entry says",
            7,
            "cluster/ReplicatedCommit.java",
            "if (!Arrays.equals(hash, Sha256.hash(commit.place(), commit.batch))) {",
            "if (false) {"),
        new SourceMutant(
            "names a key that it alone has",
            14,
            KEYS,
            "if (!quorum.isReachedWith(made)) {",
            "if (false) {"),
        new SourceMutant(
            "says that a key is destroyed everywhere",
            3,
            KEYS,
            "missing().stream(), outside",
            "Stream.<String>empty(), outside"),
        new SourceMutant(
            "leaves keys to nodes that return",
            3,
            KEYS,
            "if (!difference.gone().isEmpty()) {",
            "if (false) {"),
        new SourceMutant(
            "delivers after its lease",
            274,
            "cluster/ReplicatedStore.java",
            "return lease.lasts();",
            "return true;"));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void mutant_underSomeSeed_isCaught(SourceMutant mutant) throws IOException {
    assertCaught(mutant);
  }

  @ParameterizedTest
  @MethodSource("furtherMutants")
  @Tag("extended")
  @Tag("cluster")
  void furtherMutant_underSomeSeed_isCaught(SourceMutant mutant) throws IOException {
    assertCaught(mutant);
  }

  private void assertCaught(SourceMutant mutant) throws IOException {
    Optional<String> caught = mutant.firstFailure(ClusterSimulation.class, work, SEEDS);
    assertTrue(caught.isPresent(), () -> mutant.name() + " passes " + SEEDS + " seeds");
    System.out.println(mutant.name() + ": " + caught.get());
  }
}
