package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers, over a Java that only says how it was started. */
final class LauncherTest {
  private static final Path LAUNCHERS = Path.of("src", "main", "distribution", "bin");

  private static final String JAVA =
      """
      #!/usr/bin/env bash
      if [ "${1:-}" = -XshowSettings:properties ]; then
        echo "    java.specification.version = 17"
      else
        printf '%s\\n' "$@" "core $(ulimit -c)"
      fi
      """;

  @TempDir private Path folder;

  /** Who runs as the same user, or finds the dump of a crash, finds keys and opened messages. */
  @ParameterizedTest
  @ValueSource(strings = {"entente", "offline"})
  void process_letsNobodyAttach_andLeavesNoCoreDump(String launcher) throws Exception {
    List<String> started = start(launcher, "");
    assertTrue(started.contains("-XX:+DisableAttachMechanism"), started::toString);
    assertTrue(started.contains("-XX:-CreateCoredumpOnCrash"), started::toString);
    assertEquals("core 0", started.get(started.size() - 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"entente", "offline"})
  void optionsOfTheOperator_comeLast_andPrevail(String launcher) throws Exception {
    List<String> started = start(launcher, "-XX:-DisableAttachMechanism");
    assertTrue(
        started.indexOf("-XX:-DisableAttachMechanism")
            > started.indexOf("-XX:+DisableAttachMechanism"),
        started::toString);
  }

  private List<String> start(String launcher, String options)
      throws IOException, InterruptedException {
    Path home = folder.resolve("jdk");
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder bash =
        new ProcessBuilder("bash", LAUNCHERS.resolve(launcher).toString(), "version")
            .redirectErrorStream(true);
    bash.environment().put("JAVA_HOME", home.toString());
    bash.environment().put("ENTENTE_JAVA_OPTS", options);
    Process process = bash.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.lines().toList();
  }
}
