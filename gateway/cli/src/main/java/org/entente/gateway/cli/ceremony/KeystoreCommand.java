package org.entente.gateway.cli.ceremony;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.InstantSource;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.OutputOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.node.offline.OfflineKeystore;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      footer = "  entente keystore list --config /var/lib/entente/fr.customs/node.yaml")
  static final class ListKeys extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    private static final Columns<KeyDescription> KEYS =
        Columns.<KeyDescription>of("key", "keys")
            .with("kind", one -> one.kind().toString())
            .with("name", KeyDescription::id)
            .with("since", one -> one.created().toString())
            .with("until", ListKeys::until);

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
      Listing<KeyDescription> list = output.listing(this, KEYS, ListKeys::asJson, "of " + config);
      OfflineKeystore.describe(config, InstantSource.system()).forEach(list::add);
      list.end();
    }

    private static String until(KeyDescription key) {
      return key.expires().equals(KeyEntry.NEVER) ? "kept" : key.expires().toString();
    }

    private static String asJson(KeyDescription key) {
      ObjectNode object =
          JsonText.object()
              .put("kind", key.kind().toString())
              .put("name", key.id())
              .put("created", key.created().toString());
      if (!key.expires().equals(KeyEntry.NEVER)) {
        object.put("expires", key.expires().toString());
      }
      return JsonText.line(object);
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
          "  entente keystore passphrase --config /var/lib/entente/fr.customs/node.yaml --new"
              + " /etc/entente/next-passphrase")
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
