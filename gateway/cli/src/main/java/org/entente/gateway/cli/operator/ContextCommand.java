package org.entente.gateway.cli.operator;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Contexts;
import org.entente.gateway.cli.call.Contexts.Context;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.OutputOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.Endpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names gateways with the credentials for them, so that calls need not repeat both. */
@Command(
    name = "context",
    description = {
      "Stores gateways and their credentials under names.",
      "Commands then need neither --gateway nor --credentials. They call the gateway of --context,"
          + " of",
      "$ENTENTE_CONTEXT, or of the context in use, in this order. The names are in",
      "~/.config/entente/contexts.yaml, or in the file that $ENTENTE_CONTEXTS names."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ContextCommand.Add.class,
      ContextCommand.ListAll.class,
      ContextCommand.Use.class,
      ContextCommand.Remove.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente context add fr-desk --gateway 127.0.0.1:7441 --credentials"
          + " fr.customs/clients/desk",
      "  entente tail --cursor night-shift",
      "  entente track 0197…3f --context fr-supervisor"
    })
public final class ContextCommand {

  /** A command about one context. */
  abstract static class Named extends PrintingCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "name of the context")
    private String name = "";

    String name() {
      return name;
    }
  }

  /** Adds a context. */
  @Command(
      name = "add",
      description = {
        "Adds a context, or replaces the one of that name.",
        "The first one is in use at once. The command reads the credentials but calls no gateway."
      },
      mixinStandardHelpOptions = true)
  static final class Add extends Named {
    @Option(
        names = "--gateway",
        required = true,
        paramLabel = "HOST:PORT",
        description =
            "the gateway's client address, or several with commas: the one where it serves")
    private String gateway = "";

    @Option(
        names = "--credentials",
        required = true,
        paramLabel = "DIR",
        description = "folder with tls.crt, tls.key and ca.crt of the client")
    private Path credentials = Path.of("");

    @Override
    protected void run() {
      Path folder = credentials.toAbsolutePath().normalize();
      String address;
      try {
        address =
            Endpoint.parseAll(gateway).stream()
                .map(Endpoint::toString)
                .collect(Collectors.joining(","));
        Credentials.in(folder);
      } catch (InvalidValue e) {
        throw new UsageError("--gateway: " + e.getMessage(), e);
      } catch (IllegalArgumentException e) {
        throw new UsageError("--" + e.getMessage(), e);
      }
      Contexts contexts = Contexts.ofUser();
      String done = contexts.all().containsKey(name()) ? " replaced" : " added";
      contexts.put(name(), new Context(address, folder));
      boolean used = contexts.current() == null || name().equals(contexts.current());
      print(name() + done + (used ? ", and in use" : "; `entente context use` selects it"));
    }
  }

  /** Lists contexts. */
  @Command(
      name = "list",
      description = "Lists the contexts; an asterisk marks the one in use.",
      mixinStandardHelpOptions = true)
  static final class ListAll extends PrintingCommand {
    private static final Columns<NamedContext> CONTEXTS =
        Columns.<NamedContext>of("context", "contexts")
            .with("in use", one -> one.used() ? "*" : "")
            .with("name", NamedContext::name)
            .with("gateway", one -> one.context().gateway())
            .with("credentials", one -> one.context().credentials().toString());

    /** A context under its name. */
    private record NamedContext(String name, Context context, boolean used) {}

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    protected void run() {
      Contexts contexts = Contexts.ofUser();
      Listing<NamedContext> list = output.listing(this, CONTEXTS, ListAll::asJson, "of this user");
      contexts
          .all()
          .forEach(
              (name, one) ->
                  list.add(new NamedContext(name, one, name.equals(contexts.current()))));
      list.end();
    }

    private static String asJson(NamedContext one) {
      return JsonText.line(
          JsonText.object()
              .put("name", one.name())
              .put("gateway", one.context().gateway())
              .put("credentials", one.context().credentials().toString())
              .put("in_use", one.used()));
    }
  }

  /** Selects a context. */
  @Command(
      name = "use",
      description = "Makes a context the one that commands use.",
      mixinStandardHelpOptions = true)
  static final class Use extends Named {
    @Override
    protected void run() {
      Contexts.ofUser().use(name());
      print(name() + " in use");
    }
  }

  /** Removes a context. */
  @Command(
      name = "remove",
      description = "Removes a context. Its credentials stay on the disk.",
      mixinStandardHelpOptions = true)
  static final class Remove extends Named {
    @Override
    protected void run() {
      Contexts.ofUser().remove(name());
      print(name() + " removed");
    }
  }
}
