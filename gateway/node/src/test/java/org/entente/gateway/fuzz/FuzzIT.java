package org.entente.gateway.fuzz;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.entente.gateway.testkit.TestRequirement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** About a minute of fuzzing; {@code load-tests/fuzz} does more. */
@Tag("extended")
@Tag("fuzzing")
class FuzzIT {
  private static final Duration TIME = Duration.ofSeconds(50);

  @TempDir Path work;

  @Test
  void parsers_fuzzedForAMinute_keepTheirLaws() throws IOException, InterruptedException {
    FuzzRun.Outcome outcome = new FuzzRun(work, false).run(TIME);
    if (outcome instanceof FuzzRun.Outcome.Found found) {
      fail(
          found.format()
              + ", input "
              + HexFormat.of().formatHex(Files.readAllBytes(found.input()))
              + "\n"
              + String.join("\n", found.lines()));
    }
    boolean runs = !(outcome instanceof FuzzRun.Outcome.CannotRun);
    TestRequirement.present(runs, "a machine that Jazzer runs on: " + outcome);
  }
}
