package org.entente.gateway.cli.operator;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What `config check` says of all that is wrong, at once. */
class ConfigCommandTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private final CommandFixture command = new CommandFixture();

  private int check(String... more) {
    String[] words = new String[3 + more.length];
    words[0] = "config";
    words[1] = "check";
    words[2] = "--config=" + federation.config(FR);
    System.arraycopy(more, 0, words, 3, more.length);
    return command.run(words);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(command.out());
  }

  @Test
  void validConfiguration_isSaidToBeValid() throws IOException {
    assertEquals(0, check("--json"), command::err);
    assertTrue(json().path("valid").asBoolean(), command::out);
    assertEquals(0, json().path("errors").size());
    assertEquals("", command.err());
  }

  @Test
  void configurationWrongInSeveralPlaces_namesThemAll() throws IOException {
    Path file = federation.config(FR);
    Files.writeString(
        file,
        Files.readString(file).replaceFirst("(?m)^agency:", "agenci: x\nagency:")
            + "\ncolour: red\n");
    assertEquals(1, check("--json"));
    assertEquals(2, json().path("errors").size(), command::out);
    assertTrue(command.out().contains("agenci: unknown field"), command::out);
    assertTrue(command.out().contains("did you mean \\\"agency\\\"?"), command::out);
    assertTrue(command.out().contains("colour: unknown field"), command::out);
    assertEquals(1, check());
    assertTrue(command.out().endsWith(": 2 errors\n"), command::out);
    assertEquals(2, command.err().lines().count(), command::err);
  }

  @Test
  void severalFilesWrong_areNamedTogether() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    Files.writeString(
        agreement,
        Files.readString(agreement)
            .replace("personal_data: false", "personal_data: perhaps\n  colour: red"));
    Path file = federation.config(FR);
    Files.writeString(file, Files.readString(file).replace("admin: 127.0.0.1:0", "admin: nowhere"));
    assertEquals(1, check("--json"));
    for (String one :
        new String[] {"covers.personal_data: \\\"perhaps", "covers.colour", "listen.admin"}) {
      assertTrue(command.out().contains(one), () -> one + " in " + command.out());
    }
  }
}
