package org.entente.gateway.cli.policy;

import picocli.CommandLine.Command;

/** Commands for policy. */
@Command(
    name = "policy",
    description =
        "Explains policy's decisions before sending; writes, tests, checks and compares rules.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PolicyNewCommand.class,
      PolicyProseCommand.class,
      PolicyExplainCommand.class,
      PolicyTestCommand.class,
      PolicyLintCommand.class,
      PolicyDiffCommand.class,
      PolicyCodesCommand.class,
      PolicySchemaCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class PolicyCommand {}
