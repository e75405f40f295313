package org.entente.loadtests.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.Main;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.federation.ThrowawayFederation;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Tally;
import org.entente.loadtests.traffic.Watcher;

/**
 * Build step that writes the class-data archive (AppCDS; the ahead-of-time cache since Java 25,
 * which also holds profiles of methods). With it, a gateway or command need not read and verify its
 * classes, which takes a third of a start. The JVM writes the archive when a gateway ends that has
 * accepted, sent and received messages. An archive is valid for one class path and one JVM; it
 * holds classes and no data. A valid archive is kept. The build continues if the archive cannot be
 * written.
 */
public final class ClassData {
  private static final String AGENCY = "fr.customs";
  private static final String PEER = "de.customs";
  private static final int PER_SECOND = 20;
  private static final long QUIET_SECONDS = 20;

  private ClassData() {}

  /**
   * Writes the archive.
   *
   * @param args the file, which is replaced atomically because running gateways have it mapped
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path file = Path.of(args[0]).toAbsolutePath();
    if (isOfTheseClasses(file)) {
      return;
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    ConfigurationHome home = ConfigurationHome.find();
    try {
      Path written =
          ThrowawayFederation.during(
              folder -> Federation.mint(home, folder),
              false,
              (federation, folder) -> written(home, federation, part));
      Files.move(
          written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | UncheckedIOException | CommandFailure e) {
      System.err.println("no class-data archive was written, so starts take longer: " + e);
      Files.deleteIfExists(file);
    }
  }

  /**
   * Whether the JVM accepts the archive; it compares its own version and the date and size of jars.
   */
  private static boolean isOfTheseClasses(Path file) throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      return false;
    }
    List<String> command = Machine.QUICK_START.command(Main.class.getName(), "--version");
    command.addAll(
        1, List.of("-Xshare:on", "-XX:+VerifySharedSpaces", "-XX:SharedArchiveFile=" + file));
    return new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  /** Runs a gateway with traffic, stops it and returns the archive that it wrote. */
  private static Path written(ConfigurationHome home, Federation federation, Path archive)
      throws InterruptedException {
    String option = "-Xlog:disable " + Machine.trainingOption(archive);
    federation.launchIn(AGENCY, Map.of("JAVA_TOOL_OPTIONS", option));
    federation.launch(PEER);
    federation.awaitReady(List.of(AGENCY, PEER));
    Alerts alerts = Alerts.read(home.samples(), null, home.mappings(), Set.of(AGENCY, PEER));
    Tally tally = new Tally();
    try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
      clients.subscribe(Set.of(AGENCY, PEER));
      clients.publish(alerts.publications(), PER_SECOND);
      tally.awaitAnswered(alerts.publications().size(), QUIET_SECONDS);
    }
    federation.stop(AGENCY);
    return archive;
  }
}
