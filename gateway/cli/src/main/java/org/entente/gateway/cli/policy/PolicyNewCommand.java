package org.entente.gateway.cli.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.entente.gateway.cli.call.AgencyConverter;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.FileErrorText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the beginnings of an agreement. */
@Command(
    name = "new",
    description = {
      "Writes an agreement to start from, with a comment on each field.",
      "The file is valid, but covers little, and begins in the year 2100: a lawyer must complete"
          + " it. Overwrites no existing file."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer =
        "  entente policy new fr-de-excise --party fr.customs --party de.customs --out fr-de.yaml")
final class PolicyNewCommand extends PrintingCommand {
  private static final String ID = "[a-z0-9-]{1,64}";

  @Parameters(paramLabel = "ID", description = "id of the agreement: a-z, 0-9 and hyphens")
  private String id = "";

  @Option(
      names = "--party",
      required = true,
      paramLabel = "AGENCY",
      converter = AgencyConverter.class,
      description = "an agency that is a party; may be repeated, at least two")
  private List<String> parties = List.of();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "file to write")
  private Path out = Path.of("");

  @Override
  protected void run() {
    if (!id.matches(ID)) {
      throw new UsageError("ID: \"" + id + "\"; valid: a-z, 0-9 and hyphens, at most 64");
    }
    if (parties.stream().distinct().count() < 2) {
      throw new UsageError("--party: two or more agencies are needed");
    }
    String text =
        template()
            .replace("${id}", id)
            .replace(
                "${parties}",
                parties.stream()
                    .distinct()
                    .map(party -> "    - agency: " + party)
                    .collect(Collectors.joining("\n")));
    try {
      Files.writeString(out, text, UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new CommandFailure("--out: " + out + ": " + FileErrorText.words(e), e);
    }
    print(out + " written; complete it, then try it by `entente policy lint` and `explain`");
  }

  private static String template() {
    try (InputStream in =
        Objects.requireNonNull(
            PolicyNewCommand.class.getResourceAsStream("agreement.yaml"), "in the release")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the release cannot be read", e);
    }
  }
}
