package org.entente.gateway.cli.ceremony;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.offline.OfflineKeystore;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.Keystore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Commands for a node's secret keys. */
@Command(
    name = "keystore",
    description = "Lists the keys of a stopped node and changes the passphrase of its keystore.",
    mixinStandardHelpOptions = true,
    subcommands = {KeystoreCommand.ListKeys.class, KeystoreCommand.Passphrase.class},
    synopsisSubcommandLabel = "COMMAND")
public final class KeystoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  /** Lists the keys. */
  @Command(
      name = "list",
      description = "Lists the keys: kind, name, creation and expiry. Shows no secret.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente keystore list --config /etc/entente/node.yaml")
  static final class ListKeys implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      try {
        for (Keystore.Description key : OfflineKeystore.describe(config, InstantSource.system())) {
          String until = key.expires().equals(KeyEntry.NEVER) ? "kept" : "until " + key.expires();
          spec.commandLine()
              .getOut()
              .printf("%-16s %-60s since %s %s%n", key.kind(), key.id(), key.created(), until);
        }
      } catch (StartProblem e) {
        throw new CommandFailure(String.valueOf(e.getMessage()), e);
      }
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** Changes the passphrase. */
  @Command(
      name = "passphrase",
      description = {
        "Protects the keystore with another passphrase.",
        "The configuration names the present one; change it to the new one before the next start.",
        "Copies of the keystore still open with the old passphrase."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer =
          "  entente keystore passphrase --config /etc/entente/node.yaml --new /etc/entente/next-passphrase")
  static final class Passphrase implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @ArgGroup(exclusive = true, multiplicity = "1")
    private NewPassphrase next = new NewPassphrase();

    @Spec private CommandSpec spec;

    /** The new passphrase, or none. */
    static final class NewPassphrase {
      @Option(
          names = "--new",
          paramLabel = "FILE",
          description =
              "file with the new passphrase, at least 12 characters, readable by its owner")
      private @Nullable Path file;

      @Option(names = "--none", description = "remove the passphrase from the keystore")
      private boolean none;
    }

    @Override
    public Integer call() {
      try {
        OfflineKeystore.protect(config, next.file, InstantSource.system());
      } catch (StartProblem e) {
        throw new CommandFailure(String.valueOf(e.getMessage()), e);
      }
      spec.commandLine()
          .getOut()
          .println(
              next.none
                  ? "the keystore has no passphrase now"
                  : "the keystore is protected by the new passphrase");
      return 0;
    }
  }
}
