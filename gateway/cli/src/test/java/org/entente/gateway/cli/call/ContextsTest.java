package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.cli.call.Contexts.Context;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The named gateways of a user. */
class ContextsTest {
  private static final Context DESK = new Context("127.0.0.1:7441", Path.of("/fr/desk"));
  private static final Context AUDITOR = new Context("[::1]:7441", Path.of("/fr/auditor"));

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("settings").resolve("contexts.yaml");
  }

  @Test
  void file_isWhereTheEnvironmentSays() {
    Path home = Path.of("/home/x");
    assertEquals(
        home.resolve(".config/entente/contexts.yaml"), Contexts.file(Map.of("HOME", "/y"), home));
    assertEquals(
        Path.of("/s/entente/contexts.yaml"), Contexts.file(Map.of("XDG_CONFIG_HOME", "/s"), home));
    assertEquals(Path.of("/c.yaml"), Contexts.file(Map.of("ENTENTE_CONTEXTS", "/c.yaml"), home));
  }

  @Test
  void contexts_areReadAsTheyWereWritten_theFirstOneInUse() {
    Contexts.read(file()).put("desk", DESK);
    Contexts.read(file()).put("auditor", AUDITOR);
    Contexts read = Contexts.read(file());
    assertEquals(Map.of("desk", DESK, "auditor", AUDITOR), read.all());
    assertEquals("desk", read.current());
    read.use("auditor");
    assertEquals("auditor", Contexts.read(file()).current());
  }

  @Test
  void context_thatIsRemoved_isNotInUseAnyMore() {
    Contexts.read(file()).put("desk", DESK);
    Contexts.read(file()).put("auditor", AUDITOR);
    Contexts.read(file()).remove("desk");
    assertEquals(Set.of("auditor"), Contexts.read(file()).all().keySet());
    assertNull(Contexts.read(file()).current());
  }

  @Test
  void name_thatNothingBears_isRefusedWithTheNearest() {
    Contexts.read(file()).put("fr-desk", DESK);
    UsageError wrong =
        assertThrows(UsageError.class, () -> Contexts.read(file()).get("fr-dsk", "--context"));
    assertEquals(
        "--context: there is no context \"fr-dsk\"; did you mean \"fr-desk\"?", wrong.getMessage());
    assertThrows(UsageError.class, () -> Contexts.read(file()).use("x"));
    assertThrows(UsageError.class, () -> Contexts.read(file()).remove("x"));
  }

  @Test
  void name_thatIsMalformed_isRefused_andNothingIsWritten() {
    for (String name : List.of("", "-x", "a b", "a\nb", "x".repeat(65))) {
      assertThrows(UsageError.class, () -> Contexts.read(file()).put(name, DESK), name);
    }
    assertTrue(Files.notExists(file()));
  }

  @Test
  void file_thatIsDamaged_isToldByFieldAndLine() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "contexts:\n  desk:\n    gatway: 127.0.0.1:1\n");
    CommandFailure failure = assertThrows(CommandFailure.class, () -> Contexts.read(file()));
    assertTrue(
        String.valueOf(failure.getMessage())
            .contains("contexts.yaml:2:3: contexts.desk.gateway: the field is missing"),
        failure::getMessage);
  }
}
