package org.entente.gateway.cli.operator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.model.FileErrorText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the manual pages of all commands. */
@Command(
    name = ManualCommand.NAME,
    description = {
      "Writes a manual page for each command, for man(1).",
      "The distribution has them in share/man already."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {"  entente manual --out ~/.local/share/man/man1", "  man entente-policy-lint"})
public final class ManualCommand extends PrintingCommand {
  public static final String NAME = "manual";

  @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "folder for them")
  private Path out = Path.of("");

  @Spec private CommandSpec spec;

  @Override
  protected void run() {
    try {
      Files.createDirectories(out);
      print(CountText.of(write(spec.root()), "page") + " written into " + out);
    } catch (IOException e) {
      throw new CommandFailure("--out: " + out + ": " + FileErrorText.words(e), e);
    }
  }

  /** Writes the page of a command and those of its subcommands; returns their number. */
  private int write(CommandSpec command) throws IOException {
    Files.writeString(
        out.resolve(ManualPage.name(command) + ".1"), ManualPage.of(command), US_ASCII);
    int pages = 1;
    for (CommandLine sub : command.subcommands().values()) {
      pages += write(sub.getCommandSpec());
    }
    return pages;
  }
}
