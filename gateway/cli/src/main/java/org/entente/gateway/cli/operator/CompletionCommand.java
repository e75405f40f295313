package org.entente.gateway.cli.operator;

import org.entente.gateway.cli.call.PrintingCommand;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the script by which a shell completes commands and options. */
@Command(
    name = CompletionCommand.NAME,
    description = "Prints a script by which bash and zsh complete commands and options.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  source <(entente completion)")
public final class CompletionCommand extends PrintingCommand {
  public static final String NAME = "completion";

  @Spec private CommandSpec spec;

  @Override
  protected void run() {
    CommandSpec root = spec.root();
    out().print(AutoComplete.bash(root.name(), root.commandLine()));
  }
}
