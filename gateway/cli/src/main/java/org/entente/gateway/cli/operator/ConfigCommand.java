package org.entente.gateway.cli.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.node.doctor.ConfigurationCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands for configuration. */
@Command(
    name = "config",
    description = "Checks a node's configuration.",
    mixinStandardHelpOptions = true,
    subcommands = ConfigCommand.Check.class,
    synopsisSubcommandLabel = "COMMAND")
public final class ConfigCommand {

  /** Loads all files that a start loads, without starting the gateway. */
  @Command(
      name = "check",
      description = {
        "Checks a node's configuration, trust bundle, credentials and agreements.",
        "Loads them as a start would, without starting the gateway, and reports the errors of all"
            + " files, with file and line. Some checks, and warnings, need valid fields: run it"
            + " until there are no errors.",
        "Also checks folders, key files and ports. It changes nothing, and may run while the"
            + " gateway runs.",
        "Warnings: a certificate or trust bundle that expires within days, a folder without an"
            + " agreement in force, and",
        "a link to an agency that is not a member, whose name may be wrong or which may join later."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente config check --config /var/lib/entente/fr.customs/node.yaml")
  static final class Check extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public void run() {
      List<String> errors =
          ConfigurationCheck.problems(config, InstantSource.system()).stream()
              .flatMap(String::lines)
              .toList();
      List<String> warnings =
          errors.isEmpty()
              ? ConfigurationCheck.warnings(config, InstantSource.system())
              : List.of();
      if (json) {
        ObjectNode object = JsonText.object().put("valid", errors.isEmpty());
        errors.forEach(object.putArray("errors")::add);
        warnings.forEach(object.putArray("warnings")::add);
        out().println(JsonText.line(object));
      } else {
        errors.forEach(error -> err().println(error));
        warnings.forEach(warning -> err().println("warning: " + warning));
        out()
            .println(
                config
                    + (errors.isEmpty() ? ": valid" : ": " + CountText.of(errors.size(), "error")));
      }
      failUnless(errors.isEmpty());
    }
  }
}
