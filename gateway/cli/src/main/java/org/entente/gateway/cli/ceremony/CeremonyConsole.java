package org.entente.gateway.cli.ceremony;

import java.util.List;
import java.util.concurrent.Callable;
import org.entente.gateway.ceremony.CeremonyProblem;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.trust.Fingerprint;
import picocli.CommandLine.Model.CommandSpec;

/** Output and failures of the ceremony commands. */
final class CeremonyConsole {
  private final CommandSpec spec;

  CeremonyConsole(CommandSpec spec) {
    this.spec = spec;
  }

  /** Runs a step and reports an error that the user can correct as a {@link CommandFailure}. */
  static int attempt(Callable<Integer> step) throws Exception {
    try {
      return step.call();
    } catch (CeremonyProblem | InvalidValue | StartProblem e) {
      throw new CommandFailure(TerminalText.printable(String.valueOf(e.getMessage())), e);
    }
  }

  void line(String text) {
    spec.commandLine().getOut().println(TerminalText.printable(text));
    spec.commandLine().getOut().flush();
  }

  void lines(List<String> lines) {
    lines.forEach(this::line);
  }

  /**
   * Compares the fingerprint that was read aloud with that of the file.
   *
   * @throws CommandFailure saying what to do, if they differ
   */
  static void compare(String what, String typed, Fingerprint found, String whoReads) {
    if (!Fingerprint.parse(typed).equals(found)) {
      throw new CommandFailure(
          "the fingerprint given is not that of "
              + what
              + ", which is "
              + found
              + "; do not continue: "
              + whoReads
              + " must read it aloud again; if it still differs, the file was changed");
    }
  }
}
