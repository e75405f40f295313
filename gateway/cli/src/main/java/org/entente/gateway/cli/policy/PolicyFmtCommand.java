package org.entente.gateway.cli.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlLayout.Layout;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.policy.load.AgreementLayout;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Formats agreements. */
@Command(
    name = "fmt",
    description = {
      "Formats agreements: fields in the order of docs/policy/agreements.md, two spaces per level.",
      "Comments stay before their fields. A file that would lose a comment or change its meaning"
          + " is",
      "refused and not changed.",
      "",
      "Exit code 1 if a file is refused, or with --check if one is not formatted; otherwise 0."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  entente policy fmt --check config/agreements")
final class PolicyFmtCommand extends PrintingCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "AGREEMENTS",
      description = "files of agreements, or folders of such files")
  private List<Path> agreements = List.of();

  @Option(names = "--check", description = "change nothing; name the files that would change")
  private boolean check;

  @Override
  public void run() {
    int wrong = 0;
    for (Path file : files()) {
      wrong += lay(file) ? 0 : 1;
    }
    failUnless(wrong == 0);
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path place : agreements) {
      if (!Files.isDirectory(place)) {
        files.add(place);
        continue;
      }
      try (Stream<Path> entries = Files.list(place)) {
        entries.filter(it -> it.toString().endsWith(".yaml")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new CommandFailure(place + " cannot be listed: " + FileErrorText.words(e), e);
      }
    }
    return files;
  }

  /** Formats one file; true if it is, or need not be, changed. */
  private boolean lay(Path file) {
    try {
      if (Files.size(file) > YamlFiles.MAX_BYTES) {
        throw new CommandFailure(file + " is larger than " + YamlFiles.MAX_BYTES + " bytes");
      }
      byte[] content = Files.readAllBytes(file);
      Layout layout = AgreementLayout.of(file.toString(), content);
      if (layout instanceof Layout.Refused refused) {
        err().println(lines(refused.problems()));
        return false;
      }
      byte[] next = ((Layout.Text) layout).text().getBytes(UTF_8);
      if (Arrays.equals(content, next)) {
        return true;
      }
      out().println(file + (check ? ": not formatted" : ": formatted"));
      if (!check) {
        write(file, next);
      }
      return !check;
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read or written: " + FileErrorText.words(e), e);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Path whole = file.toAbsolutePath();
    Path next = whole.resolveSibling("." + whole.getFileName() + ".new");
    Files.write(next, content);
    Files.move(next, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String lines(List<ConfigProblem> problems) {
    return problems.stream()
        .map(ConfigProblem::toString)
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
