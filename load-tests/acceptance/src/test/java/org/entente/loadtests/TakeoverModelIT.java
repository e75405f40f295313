package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spin visits every state of the model of take-over, and finds each rule that is left out. */
@Tag("extended")
@Tag("simulation")
final class TakeoverModelIT {
  private static final String ONE_TAKEOVER = "-DTERMS=2 -DCRASHES=1 -DLOG=7";
  private static final String TWO_TAKEOVERS = "-DTERMS=3 -DCRASHES=0 -DLOG=5";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {ONE_TAKEOVER, TWO_TAKEOVERS})
  void model_inEveryState_holds(String size) throws Exception {
    String said = verify(size);
    assertTrue(said.contains("errors: 0"), said);
    assertFalse(said.contains("not completed"), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NO_K", "NO_F", "NO_L", "NO_P", "NO_A"})
  void rule_leftOut_isFoundInOneTakeover(String rule) throws Exception {
    assertTrue(verify(ONE_TAKEOVER + " -D" + rule).contains("assertion violated"), rule);
  }

  @Test
  void placeOfABatch_unchecked_isFoundInTwoTakeovers() throws Exception {
    assertTrue(verify(TWO_TAKEOVERS + " -DNO_N").contains("assertion violated"));
  }

  /** What the verifier made from the model says. */
  private String verify(String defines) throws Exception {
    AcceptanceRequirement.present(installed("spin") && installed("cc"), "spin and cc");
    Files.copy(
        ConfigurationHome.find().folder().resolve("docs/develop/models/takeover.pml"),
        folder.resolve("takeover.pml"));
    List<String> generate = new ArrayList<>(List.of("spin", "-a"));
    generate.addAll(List.of(defines.split(" ", -1)));
    generate.add("takeover.pml");
    run(generate);
    run(
        List.of(
            "cc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=3000", "-o", "pan", "pan.c"));
    return run(List.of("./pan", "-m50000", "-w24"));
  }

  private static boolean installed(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      int status = process.waitFor();
      String said = Files.readString(out);
      assertEquals(0, status, command + ": " + said);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
