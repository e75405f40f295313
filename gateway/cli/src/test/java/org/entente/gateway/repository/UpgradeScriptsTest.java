package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package's scripts, with a folder instead of {@code /run} and a {@code systemctl} that
 * lists three units and only says what it was told.
 */
final class UpgradeScriptsTest {
  private static final Path SCRIPTS = Path.of("src", "main", "packages", "deb", "control");
  private static final String RUNNING = "entente@fr-customs.service";

  /** The name of the instance de-customs, as systemd escapes it. */
  private static final String ESCAPED = "entente@de\\x2dcustoms.service";

  private static final String RESTARTING = "entente@sg-police.service";

  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      case "$*" in
        *list-units*active,activating*)
          printf '%s\\n' "$RUNNING loaded active running" "$ESCAPED loaded active running"
          printf '%s\\n' "$RESTARTING loaded activating auto-restart" ;;
        *list-units*)
          printf '%s\\n' "$RUNNING loaded active running" "$ESCAPED loaded active running" ;;
        *) printf '%s\\n' "$@" >>"$TOLD" ;;
      esac
      """;

  @TempDir private Path folder;
  private Path run;
  private Path told;

  @BeforeEach
  void standIns() throws IOException {
    run = Files.createDirectory(folder.resolve("run"));
    Files.createDirectories(run.resolve("systemd/system"));
    told = Files.createFile(folder.resolve("told"));
    Files.createDirectory(folder.resolve("bin"));
    program("systemctl", SYSTEMCTL);
    program("systemd-sysusers", "#!/bin/sh\n");
  }

  @Test
  void upgrade_startsAgainWhatRanOrWasAboutTo_alsoWithAnEscapedName() throws Exception {
    script("prerm", "upgrade", "2.0");
    assertEquals(List.of("stop", "entente@*.service"), told());
    script("postinst", "configure", "1.0");
    assertEquals(List.of("daemon-reload", "start", RUNNING, ESCAPED, RESTARTING), told());
    assertFalse(Files.exists(run.resolve("entente-upgraded")));
    script("postinst", "configure", "1.0");
    assertEquals(List.of("daemon-reload"), told());
  }

  @Test
  void removal_stopsAll_andAnInstallationStartsNone() throws Exception {
    script("prerm", "remove");
    script("postinst", "configure");
    assertEquals(List.of("stop", "entente@*.service", "daemon-reload"), told());
  }

  @Test
  void removal_letsSystemdForgetTheUnit_andAnUpgradeLeavesThatToTheNewPackage() throws Exception {
    script("postrm", "upgrade", "2.0");
    assertEquals(List.of(), told());
    script("postrm", "remove");
    assertEquals(List.of("daemon-reload"), told());
    script("postrm", "purge");
    assertEquals(List.of(), told());
  }

  /** What systemctl was told since the last call, argument by argument. */
  private List<String> told() throws IOException {
    List<String> lines = Files.readAllLines(told);
    Files.writeString(told, "");
    return lines;
  }

  private void program(String name, String text) throws IOException {
    Path program = Files.writeString(folder.resolve("bin").resolve(name), text);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private void script(String name, String... arguments) throws Exception {
    String text = Files.readString(SCRIPTS.resolve(name)).replace("/run/", run + "/");
    Path script = Files.writeString(folder.resolve(name), text);
    List<String> command = new ArrayList<>(List.of("sh", script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder shell = new ProcessBuilder(command).redirectErrorStream(true);
    shell
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
    shell.environment().put("RUNNING", RUNNING);
    shell.environment().put("ESCAPED", ESCAPED);
    shell.environment().put("RESTARTING", RESTARTING);
    shell.environment().put("TOLD", told.toString());
    shell.environment().remove("DPKG_ROOT");
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
