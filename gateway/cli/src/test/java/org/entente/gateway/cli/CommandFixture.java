package org.entente.gateway.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.entente.gateway.federation.RunningFederation;
import picocli.CommandLine;

/** Runs commands in this process and keeps what the last one printed. */
public final class CommandFixture {
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  /** The options by which the client {@code desk} of an agency calls its gateway. */
  public static List<String> client(RunningFederation federation, String agency) {
    return List.of(
        "--gateway",
        "127.0.0.1:" + federation.gateway(agency).clientAddress().getPort(),
        "--credentials",
        federation.credentials(agency).toString());
  }

  public int run(List<String> words) {
    return run(words.toArray(String[]::new));
  }

  /** Runs a command and returns its exit code. */
  public int run(String... words) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = RootCommand.commandLine(words);
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(words);
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
