package org.entente.gateway.cli.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.RootCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PolicyFmtCommandTest {
  private static final Path SHIPPED =
      Path.of("..", "..", "config", "agreements", "public-warnings.yaml");

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int fmt(String... more) {
    List<String> args = new ArrayList<>(List.of("policy", "fmt"));
    args.addAll(List.of(more));
    CommandLine line = RootCommand.commandLine(args.toArray(String[]::new));
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args.toArray(String[]::new));
  }

  @Test
  void check_changesNothing_andWritingMakesItPass() throws IOException {
    Path file = folder.resolve("a.yaml");
    String shipped = Files.readString(SHIPPED);
    String wide = shipped.replace("  kinds: [ALERT]\n", "  kinds:   [ALERT]\n");
    Files.writeString(file, wide);
    assertEquals(1, fmt("--check", folder.toString()), err::toString);
    assertTrue(out.toString().contains("a.yaml: not formatted"), out::toString);
    assertEquals(wide, Files.readString(file));
    assertEquals(0, fmt(file.toString()), err::toString);
    assertEquals(shipped, Files.readString(file));
    assertEquals(0, fmt("--check", folder.toString()), err::toString);
  }

  @Test
  void fileThatCannotBeLaidOut_isNamedAndLeft() throws IOException {
    Path file = folder.resolve("a.yaml");
    Files.writeString(file, "id: [\n");
    assertEquals(1, fmt(file.toString()));
    assertTrue(err.toString().contains("a.yaml:"), err::toString);
    assertEquals("id: [\n", Files.readString(file));
    assertEquals(1, fmt(folder.resolve("absent.yaml").toString()));
    assertEquals(2, fmt());
  }
}
