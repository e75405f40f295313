package org.entente.gateway.cli.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.policy.load.PolicySchemas;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes JSON Schemas of the policy files. */
@Command(
    name = "schema",
    description = {
      "Writes JSON Schemas (2020-12) of agreements, node rules and code lists, for editors.",
      "They are made from the classes that load the files.",
      "Exit code 0; with --check 1 if a file in the folder differs."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  entente policy schema --out config/schema --check")
final class PolicySchemaCommand extends PrintingCommand {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "folder for agreement.json, node-rules.json and codes.json")
  private Path out = Path.of("");

  @Option(names = "--check", description = "write nothing; name the files that would change")
  private boolean check;

  @Override
  public void run() {
    boolean same = true;
    for (Map.Entry<String, String> schema : PolicySchemas.all().entrySet()) {
      same &= write(out.resolve(schema.getKey()), schema.getValue());
    }
    failUnless(same || !check);
  }

  /** Writes one file; true if it was up to date. */
  private boolean write(Path file, String content) {
    try {
      boolean same = Files.exists(file) && Files.readString(file, UTF_8).equals(content);
      if (!same && !check) {
        Files.createDirectories(out);
        Files.writeString(file, content, UTF_8);
      }
      out().println(file + (same ? ": up to date" : check ? ": would change" : ": written"));
      return same;
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read or written: " + FileErrorText.words(e), e);
    }
  }
}
