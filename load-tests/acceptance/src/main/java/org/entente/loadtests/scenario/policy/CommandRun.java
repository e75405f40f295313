package org.entente.loadtests.scenario.policy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.entente.gateway.cli.RootCommand;
import picocli.CommandLine;

/**
 * What a command of {@code ./entente} came to.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
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

  /** All that it wrote. */
  public String said() {
    return out + err;
  }
}
