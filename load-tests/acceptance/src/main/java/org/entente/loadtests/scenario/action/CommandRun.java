package org.entente.loadtests.scenario.action;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.entente.gateway.cli.RootCommand;
import picocli.CommandLine;

/**
 * Result of a command of {@code ./entente}.
 *
 * @param code its exit code
 * @param out its standard output
 * @param err its standard error
 */
public record CommandRun(int code, String out, String err) {
  /** Runs a command in this process. */
  public static CommandRun of(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = RootCommand.commandLine(words);
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = line.execute(words);
    return new CommandRun(code, out.toString(), err.toString());
  }

  /** Its whole output. */
  public String said() {
    return out + err;
  }
}
