package org.entente.loadtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.ClientsFile;
import org.entente.loadtests.testkit.SharedFederation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client in Python, with Debian's gRPC. Its stubs are made by the commands of {@code
 * proto/README.md}.
 */
final class PythonClientIT {
  private static final List<String> RUNNING = List.of("fr.customs", "de.customs");
  private static final Pattern COMMANDS =
      Pattern.compile("(?ms)^```\\n(mkdir .+?^protoc .+?^export .+?)(^python3 .+?)^```$");
  private static final Pattern PUBLISHED =
      Pattern.compile("([0-9a-f]{32}) accepted\nto de\\.customs under .+\n");
  private static final String RESTART = "restart ";
  private static final int ATTEMPTS = 100;

  private final Path home = ConfigurationHome.find().folder();

  @RegisterExtension final SharedFederation sharedFederation = new SharedFederation();
  @TempDir private Path folder;
  private Path interpreter;

  @BeforeEach
  void requireTools() throws IOException, InterruptedException {
    Optional<Path> found = Optional.empty();
    for (Path python : programs("python3").toList()) {
      String imports = "import grpc, google.protobuf";
      if (found.isEmpty()
          && Child.run(folder, List.of(python.toString(), "-c", imports)).code() == 0) {
        found = Optional.of(python);
      }
    }
    AcceptanceRequirement.present(
        found.isPresent(), "python3 with gRPC (Debian: python3-grpcio, python3-protobuf)");
    AcceptanceRequirement.present(
        programs("protoc").findAny().isPresent(), "protoc (Debian: protobuf-compiler)");
    AcceptanceRequirement.present(
        programs("grpc_python_plugin").findAny().isPresent(),
        "grpc_python_plugin (Debian: protobuf-compiler-grpc)");
    interpreter = found.orElseThrow();
  }

  @Test
  void commandsOfThePage_makeStubs_publishAndReceive() throws Exception {
    Federation federation = sharedFederation.running(RUNNING.toArray(String[]::new));
    Matcher page = commands();

    Child first = bash(federation, page.group(1) + page.group(2));
    assertEquals(0, first.code(), first::err);
    Matcher published = PUBLISHED.matcher(first.out());
    assertTrue(published.find(), first::out);

    String arrival = published.group(1) + " from fr.customs alert";
    String out = first.out();
    for (int i = 0; i < ATTEMPTS && !out.contains(arrival); i++) {
      Child again = bash(federation, "export PYTHONPATH=/tmp/stubs\n" + page.group(2));
      assertEquals(0, again.code(), again::err);
      assertTrue(again.out().startsWith(published.group()), "the same key, the same outcome");
      out = again.out();
    }
    assertTrue(out.contains(arrival), out);
  }

  @Test
  @Tag("extended")
  @Tag("foreign-client")
  void checks_ofWhatThePagesPromise_hold_alsoWhenAGatewayIsKilled() throws Exception {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(RUNNING);
      Child made = bash(federation, commands().group(1));
      assertEquals(0, made.code(), made::err);
      Path program = home.resolve("load-tests/python/checks.py");
      Path clients = ClientsFile.write(folder, federation, RUNNING);
      Path err = folder.resolve("checks.err");
      ProcessBuilder builder =
          new ProcessBuilder(interpreter.toString(), program.toString(), clients.toString());
      builder.environment().put("PYTHONPATH", folder.resolve("stubs").toString());
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      Process checks = builder.redirectError(err.toFile()).start();

      String last = followed(checks, federation);

      assertEquals(0, checks.waitFor(), last + '\n' + Files.readString(err, UTF_8));
      assertTrue(last.contains("\"checks\""), last);
    }
  }

  /** Kills and starts the gateways that the client names; returns its last line. */
  private static String followed(Process checks, Federation federation) throws IOException {
    String last = "";
    try (BufferedReader lines = checks.inputReader(UTF_8);
        Writer answers = checks.outputWriter(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
        if (line.startsWith(RESTART)) {
          String agency = line.substring(RESTART.length());
          federation.kill(agency);
          federation.start(List.of(agency));
          answers.write("restarted\n");
          answers.flush();
        }
      }
    }
    return last;
  }

  /** The page's commands: first those that make the stubs, then those that use them. */
  private Matcher commands() throws IOException {
    Matcher commands =
        COMMANDS.matcher(Files.readString(home.resolve("proto").resolve("README.md"), UTF_8));
    assertTrue(commands.find(), "proto/README.md has no commands for Python");
    return commands;
  }

  /** Runs commands of the page with the folders and addresses of a federation. */
  private Child bash(Federation federation, String commands)
      throws IOException, InterruptedException {
    String filled =
        commands
            .replace("/tmp/stubs", folder.resolve("stubs").toString())
            .replace("127.0.0.1:7441", federation.plan("fr.customs").clients())
            .replace("127.0.0.1:7442", federation.plan("de.customs").clients())
            .replace(
                "/tmp/federation/fr.customs/clients/declarations",
                federation.credentials("fr.customs", "declarations").toString())
            .replace(
                "/tmp/federation/de.customs/clients/desk",
                federation.credentials("de.customs", "desk").toString());
    String script =
        "cd '%s'\nexport PYTHONDONTWRITEBYTECODE=1\npython3() { '%s' \"$@\"; }\n%s"
            .formatted(home, interpreter, filled);
    return Child.run(folder, List.of("bash", "-ec", script));
  }

  private static Stream<Path> programs(String name) {
    return Arrays.stream((System.getenv("PATH") + ":/usr/bin").split(":", -1))
        .map(path -> Path.of(path, name))
        .filter(Files::isExecutable);
  }
}
