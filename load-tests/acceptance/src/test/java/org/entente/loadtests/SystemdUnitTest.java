package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit of the Debian package leaves little to a gateway that was taken over. */
final class SystemdUnitTest {
  /** At most 1.5 of 10. What is left is network, /proc, and memory that Java writes code to. */
  private static final String MOST_EXPOSED = "--threshold=15";

  @TempDir private Path folder;

  @Test
  void unit_isHardlyExposed() throws Exception {
    AcceptanceRequirement.present(
        Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
        "systemd-analyze (Debian: systemd)");
    Child judged =
        Child.run(
            folder,
            List.of(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                MOST_EXPOSED,
                unit().toString()));
    assertEquals(0, judged.code(), judged::out);
  }

  /** A failed condition would be a success to `systemctl enable --now entente@fr.custom`. */
  @Test
  void unit_ofAnInstanceThatDoesNotExist_failsToStart() throws Exception {
    List<String> checked =
        Files.readAllLines(unit()).stream()
            .filter(line -> line.matches("(Assert|Condition).*"))
            .toList();
    assertEquals(List.of("AssertPathExists=/var/lib/entente/%i/node.yaml"), checked);
  }

  private static Path unit() {
    return ConfigurationHome.find()
        .folder()
        .resolve("gateway/cli/src/main/packages/systemd/entente@.service");
  }
}
