package org.entente.loadtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.ClientsFile;
import org.entente.loadtests.testkit.ForeignPrograms;
import org.entente.loadtests.testkit.QuickStartPage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client in Python, with Debian's gRPC, compares a gateway with what the pages promise. */
@Tag("extended")
@Tag("foreign-client")
final class PythonClientIT {
  private static final List<String> RUNNING = List.of("fr.customs", "de.customs");
  private static final String RESTART = "restart ";

  @TempDir private Path folder;

  @Test
  void checks_ofWhatThePagesPromise_hold_alsoWhenAGatewayIsKilled() throws Exception {
    Path interpreter = ForeignPrograms.python(folder);
    new QuickStartPage(folder).prepare("Python");
    ConfigurationHome home = ConfigurationHome.find();
    try (Federation federation = Federation.mint(home, folder)) {
      federation.start(RUNNING);
      Path program = home.folder().resolve("load-tests/python/checks.py");
      Path clients = ClientsFile.write(folder, federation, RUNNING);
      Path err = folder.resolve("checks.err");
      ProcessBuilder builder =
          new ProcessBuilder(interpreter.toString(), program.toString(), clients.toString());
      builder.environment().put("PYTHONPATH", folder.resolve("quickstart").toString());
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
}
