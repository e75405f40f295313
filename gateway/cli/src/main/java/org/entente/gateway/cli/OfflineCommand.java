package org.entente.gateway.cli;

import java.util.List;
import org.entente.gateway.cli.audit.AuditVerifyProofCommand;
import org.entente.gateway.cli.ceremony.FederationCommand;
import org.entente.gateway.model.BuildVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The {@code offline} command, for a machine without a network: root keys, signatures and proofs.
 * Needs only {@code lib/core}: it uses no class of the running gateway.
 */
@Command(
    name = "offline",
    description = {
      "Makes root keys, signs trust bundles and checks proofs on a machine without a network.",
      "Works on files: opens no connection and no ledger."
    },
    mixinStandardHelpOptions = true,
    version = "Entente " + BuildVersion.CURRENT,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done",
      "  1  failed, or a check failed; the reason is on standard error",
      "  2  wrong usage; nothing was done"
    })
public final class OfflineCommand {
  /** The commands, in the order in which help lists them. */
  private static final List<Class<?>> COMMANDS =
      List.of(FederationCommand.class, AuditVerifyProofCommand.class, HelpCommand.class);

  private OfflineCommand() {}

  /** Runs a command and returns its exit code. */
  public static int execute(String... args) {
    return CommandLines.of(new OfflineCommand(), COMMANDS, (thrown, line) -> thrown).execute(args);
  }
}
