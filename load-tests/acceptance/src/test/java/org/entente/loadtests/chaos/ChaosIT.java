package org.entente.loadtests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.StartedProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code load-tests/chaos}, as its script starts it. */
@Tag("extended")
@Tag("chaos")
final class ChaosIT {
  private static final Pattern LAST =
      Pattern.compile("kills 4, acknowledged (\\d+), delivered (\\d+), lost 0, doubled 0");
  private static final Pattern FOLDER = Pattern.compile("seed \\d+, folder (/.+)");

  /** Chooses two at once, the transit among them, and a kill while another is only starting. */
  private static final String SEED = "20";

  @TempDir private Path folder;

  @Test
  void gateways_killedUnderLoad_loseAndDoubleNothingAcknowledged()
      throws IOException, InterruptedException {
    Child child = Child.run(folder, chaos("--kills", "4", "--seed", SEED));

    String said = child.out() + child.err();
    assertEquals(0, child.code(), said);
    List<String> lines = child.out().lines().toList();
    Matcher last = LAST.matcher(lines.get(lines.size() - 1));
    assertTrue(last.matches(), said);
    assertTrue(Integer.parseInt(last.group(1)) > 0, said);
    assertTrue(Integer.parseInt(last.group(2)) >= Integer.parseInt(last.group(1)), said);
    assertTrue(lines.stream().anyMatch(line -> line.matches("kill .*x\\.hub.*")), said);
    assertFalse(Files.exists(keptIn(lines.get(0))), "keys were left behind");
  }

  @Test
  void run_endedWithSigterm_leavesNoGatewayAndNoKeyBehind()
      throws IOException, InterruptedException {
    try (StartedProcess started = StartedProcess.of(chaos("--kills", "1000"))) {
      Path kept = keptIn(started.await("folder"));
      started.await("kill ");
      List<ProcessHandle> gateways = started.children();

      assertFalse(gateways.isEmpty(), "no gateway runs");
      assertNotEquals(0, started.stop());
      for (ProcessHandle gateway : gateways) {
        assertFalse(gateway.isAlive(), () -> "runs on: " + gateway.info());
      }
      assertFalse(Files.exists(kept), "keys were left behind");
    }
  }

  private static Path keptIn(String line) {
    Matcher folder = FOLDER.matcher(line);
    assertTrue(folder.matches(), line);
    return Path.of(folder.group(1));
  }

  private static List<String> chaos(String... arguments) {
    return Machine.QUICK_START.command(ChaosRun.class.getName(), arguments);
  }
}
