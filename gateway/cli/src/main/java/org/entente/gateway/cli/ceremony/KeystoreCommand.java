package org.entente.gateway.cli.ceremony;

import java.nio.file.Path;
import java.time.InstantSource;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.node.offline.OfflineKeystore;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.Keystore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands for a node's secret keys. */
@Command(
    name = "keystore",
    description = "Lists the keys of a stopped node and changes the passphrase of its keystore.",
    mixinStandardHelpOptions = true,
    subcommands = {KeystoreCommand.ListKeys.class, KeystoreCommand.Passphrase.class},
    synopsisSubcommandLabel = "COMMAND")
public final class KeystoreCommand {
  /** Lists the keys. */
  @Command(
      name = "list",
      description = "Lists the keys: kind, name, creation and expiry. Shows no secret.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente keystore list --config /etc/entente/node.yaml")
  static final class ListKeys extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Override
    public void run() {
      for (Keystore.Description key : OfflineKeystore.describe(config, InstantSource.system())) {
        String until = key.expires().equals(KeyEntry.NEVER) ? "kept" : "until " + key.expires();
        out()
            .println(
                "%-16s %-60s since %s %s".formatted(key.kind(), key.id(), key.created(), until));
      }
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
  static final class Passphrase extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @ArgGroup(exclusive = true, multiplicity = "1")
    private NewPassphrase next = new NewPassphrase();

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
    public void run() {
      OfflineKeystore.protect(config, next.file, InstantSource.system());
      out()
          .println(
              next.none
                  ? "the keystore has no passphrase now"
                  : "the keystore is protected by the new passphrase");
    }
  }
}
