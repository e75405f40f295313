package org.entente.gateway.cli.policy;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands for policy. */
@Command(
    name = "policy",
    description = "Explains policy's decisions before sending; tests, checks and compares rules.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PolicyExplainCommand.class,
      PolicyTestCommand.class,
      PolicyLintCommand.class,
      PolicyDiffCommand.class,
      PolicyFmtCommand.class,
      PolicyCodesCommand.class,
      PolicySchemaCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class PolicyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }
}
