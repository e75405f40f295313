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
    String unit =
        ConfigurationHome.find()
            .folder()
            .resolve("gateway/cli/src/main/packages/systemd/entente@.service")
            .toString();
    Child judged =
        Child.run(
            folder,
            List.of(
                "systemd-analyze", "security", "--offline=true", "--no-pager", MOST_EXPOSED, unit));
    assertEquals(0, judged.code(), judged::out);
  }
}
