package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.testkit.TestRequirement;
import org.junit.jupiter.api.Test;
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
        printf '%s\\n' "$@" "arenas ${MALLOC_ARENA_MAX:-}" "core $(ulimit -c)"
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

  @Test
  void gateway_hasTheParallelCollectorAndTwoArenas_aCommandHasNeither() throws Exception {
    List<String> gateway = start("entente", "run", Map.of());
    assertTrue(gateway.contains("-XX:+UseParallelGC"), gateway::toString);
    assertTrue(gateway.contains("arenas 2"), gateway::toString);

    List<String> command = start("entente", "version", Map.of());
    assertTrue(command.contains("-XX:+UseSerialGC"), command::toString);
    assertTrue(command.contains("arenas "), command::toString);

    List<String> set = start("entente", "run", Map.of("MALLOC_ARENA_MAX", "7"));
    assertTrue(set.contains("arenas 7"), set::toString);
  }

  /** Progress is drawn on a terminal, and in no pipe, file or log. */
  @Test
  void command_isToldWhichOutputsAreTerminals() throws Exception {
    List<String> piped = start("entente", "version", Map.of());
    assertFalse(piped.stream().anyMatch(it -> it.contains("entente.terminals")), piped::toString);

    TestRequirement.present(Files.exists(Path.of("/usr/bin/script")), "script of util-linux");
    Path launcher = release().resolve("entente");
    ProcessBuilder terminal =
        new ProcessBuilder("script", "-qec", "bash " + launcher + " version", "/dev/null")
            .redirectErrorStream(true);
    terminal.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    terminal.environment().remove("ENTENTE_JAVA_OPTS");
    Process process = terminal.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("-Dentente.terminals=outerr"), said);
  }

  /** The folder {@code bin} of a release with this machine's TLS library, which is not loaded. */
  private Path release() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("release/bin"));
    for (String name : List.of("entente", "offline", "launch.sh")) {
      Files.copy(LAUNCHERS.resolve(name), bin.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Path node = Files.createDirectories(folder.resolve("release/lib/node"));
    for (String machine : List.of("x86_64", "aarch_64")) {
      Files.write(node.resolve("netty-tcnative-x-linux-" + machine + ".jar"), new byte[0]);
    }
    return bin;
  }

  private List<String> start(String launcher, String options)
      throws IOException, InterruptedException {
    return start(launcher, "version", Map.of("ENTENTE_JAVA_OPTS", options));
  }

  private List<String> start(String launcher, String command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path home = folder.resolve("jdk");
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder bash =
        new ProcessBuilder("bash", release().resolve(launcher).toString(), command)
            .redirectErrorStream(true);
    bash.environment().put("JAVA_HOME", home.toString());
    bash.environment().keySet().removeAll(Set.of("ENTENTE_JAVA_OPTS", "MALLOC_ARENA_MAX"));
    bash.environment().putAll(environment);
    Process process = bash.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.lines().toList();
  }
}
