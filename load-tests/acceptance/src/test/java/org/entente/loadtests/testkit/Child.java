package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.RootCommand;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;

/**
 * A child process that ran to its end.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record Child(int code, String out, String err) {
  private static final long SECONDS = 600;

  /** Runs {@code entente} in a process of its own. */
  public static Child entente(Path folder, String... arguments)
      throws IOException, InterruptedException {
    return run(folder, Machine.QUICK_START.command("org.entente.gateway.Main", arguments));
  }

  /** Runs {@code entente} in this process, for tests that need many commands and no exit. */
  public static Child here(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        RootCommand.commandLine(arguments)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Child(code, out.toString(), err.toString());
  }

  /** Runs a command in this process against an agency's gateway, as one of its clients. */
  public static Child of(Federation federation, String agency, String client, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(
        List.of(
            "--gateway",
            federation.plan(agency).clients(),
            "--credentials",
            federation.credentials(agency, client).toString()));
    return here(all.toArray(String[]::new));
  }

  /** Runs a command; its output goes through files in the folder. */
  public static Child run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "child", ".out");
    Path err = Files.createTempFile(folder, "child", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(err, StandardCharsets.UTF_8);
    assertTrue(ended, () -> "not ended after " + SECONDS + " s:\n" + said);
    return new Child(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), said);
  }
}
