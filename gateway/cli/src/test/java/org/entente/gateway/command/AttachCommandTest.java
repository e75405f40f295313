package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /** Recipients' programs go by it. */
  @Test
  void mediaTypeThatIsNotGiven_isGuessed_orSaidToBeUnknown() throws IOException {
    assertTrue(
        attached("quay.jpg").contains("media type image/jpeg, by the ending of the file's name"),
        command::err);
    assertTrue(
        attached("quay.unknown-to-all")
            .contains("media type application/octet-stream, as the ending of the file's name"),
        command::err);
    assertTrue(command.err().contains("such as --media-type image/jpeg"), command::err);
    assertFalse(attached("b.jpg", "--media-type", "image/png").contains("media type"));
  }

  private String attached(String name, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("attach"));
    words.add(Files.createFile(federation.folder().resolve(name)).toString());
    words.addAll(List.of("--gateway", "127.0.0.1:1", "--credentials"));
    words.add(federation.credentials(FR).toString());
    words.addAll(List.of(more));
    command.run(words);
    return command.err();
  }
}
