package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code entente attach}, before it calls a gateway. */
class AttachCommandTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private final CommandFixture command = new CommandFixture();

  @Test
  void fileThatIsMisspelt_isSuggested() throws IOException {
    Files.createFile(federation.folder().resolve("quay.jpg"));
    Path misspelt = federation.folder().resolve("qauy.jpg");
    assertEquals(
        1,
        command.run(
            "attach",
            misspelt.toString(),
            "--gateway",
            "127.0.0.1:1",
            "--credentials",
            federation.credentials(FR).toString()));
    assertEquals(
        "entente: "
            + misspelt
            + ": there is no such file or folder; did you mean \"quay.jpg\"?"
            + System.lineSeparator(),
        command.err());
  }
}
