package org.entente.gateway.cli.call;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.failure.ExitCode;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.cli.text.TerminalWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that prints. Its exit code is 0 unless it says otherwise or throws. */
public abstract class PrintingCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  private int exit;

  @Override
  public final Integer call() throws Exception {
    try {
      run();
      return exit;
    } finally {
      out().flush();
      err().flush();
    }
  }

  protected abstract void run() throws Exception;

  /** Makes the exit code that of a failure unless the condition holds. */
  protected final void failUnless(boolean condition) {
    exit = condition ? exit : ExitCode.FAILED.number();
  }

  /** Makes the exit code that of a refusal unless the condition holds; a failure prevails. */
  protected final void refuseUnless(boolean condition) {
    exit = condition || exit != 0 ? exit : ExitCode.REFUSED.number();
  }

  /**
   * The options that fill the fields of its requests.
   *
   * @param fromFile whether the requests come from a file, which the given options change
   */
  protected final FieldOptions fields(boolean fromFile) {
    return fromFile ? FieldOptions.given(spec) : FieldOptions.of(spec);
  }

  /** Prints a line whose text may come from others. */
  protected final void print(String line) {
    out().println(TerminalText.printable(line));
  }

  public final PrintWriter out() {
    return new TerminalWriter(spec.commandLine().getOut());
  }

  public final PrintWriter err() {
    return new TerminalWriter(spec.commandLine().getErr());
  }
}
