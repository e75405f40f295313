package org.entente.gateway.cli.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.HtmlPage;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.cli.text.WrappedText;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.entente.gateway.policy.analysis.AgreementProse;
import org.entente.gateway.policy.analysis.AgreementProse.Article;
import org.entente.gateway.policy.analysis.AgreementProse.Clause;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.Rulebook;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes agreements as articles for signature. */
@Command(
    name = "prose",
    description = {
      "Writes an agreement in numbered articles of plain English, for people who sign it.",
      "The text states everything in the file that gateways enforce, names the file's SHA-256, and"
          + " has a line for each signature.",
      "If a part of a condition cannot be put into words, the error names that part. Members and"
          + " meanings of codes are those of the node.",
      "Warnings go to standard error: what policy lint finds doubtful in the file itself, such as a"
          + " citation to complete.",
      "Exit code 1 if a file is wrong; then nothing is written."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente policy prose --config fr.customs.yaml config/agreements/fr-sg-ipr.yaml",
      "  entente policy prose --config fr.customs.yaml config/agreements/fr-sg-ipr.yaml --html"
          + " \\",
      "      --out fr-sg-ipr.html"
    })
final class PolicyProseCommand extends PrintingCommand {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "node.yaml whose trust bundle names the members")
  private Path config = Path.of("");

  @Parameters(paramLabel = "FILE", description = "file of the agreement")
  private Path file = Path.of("");

  @Option(names = "--html", description = "write a page of HTML to print instead of text")
  private boolean html;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "file to write (default: standard output)")
  private @Nullable Path out;

  @Override
  protected void run() {
    ConfiguredPolicy node = ConfiguredPolicy.read(config, InstantSource.system());
    // Read once: the hash must be of what the text says, and a pipe gives its content only once.
    byte[] content =
        OptionFile.access(
            file + " cannot be read", () -> OptionFile.start(file, YamlFiles.MAX_BYTES));
    Rulebook.LoadResult.Loaded loading = loaded(node.agreement(file, content));
    Rulebook rulebook = loading.rulebook();
    Agreement agreement = rulebook.agreements().get(0);
    Compilation<List<Article>> prose =
        AgreementProse.of(agreement, rulebook.codes(), node.membership());
    if (prose instanceof Compilation.Rejected<List<Article>> rejected) {
      throw new CommandFailure(
          rejected.problems().stream()
              .map(it -> file + ": covers.condition: " + it + "; valid: " + it.valid())
              .collect(Collectors.joining(System.lineSeparator())));
    }
    List<Article> articles = ((Compilation.Compiled<List<Article>>) prose).expression();
    List<String> preamble = preamble(agreement, content);
    write(html ? page(agreement, preamble, articles) : text(agreement, preamble, articles));
    // People are about to sign: what is doubtful must not depend on another command.
    loading.warnings().forEach(it -> err().println("warning: " + it));
  }

  private static Rulebook.LoadResult.Loaded loaded(Rulebook.LoadResult loading) {
    if (loading instanceof Rulebook.LoadResult.Loaded loaded) {
      return loaded;
    }
    throw new CommandFailure(
        ((Rulebook.LoadResult.Invalid) loading)
            .problems().stream()
                .map(ConfigProblem::toString)
                .collect(Collectors.joining(System.lineSeparator())));
  }

  private void write(String document) {
    Path to = out;
    if (to == null) {
      out().print(document);
      return;
    }
    OptionFile.replace("--out", to, document.getBytes(UTF_8));
    print(to + " written");
  }

  // The text -----------------------------------------------------------------------------------

  private List<String> preamble(Agreement agreement, byte[] content) {
    return List.of(
        "Agreement "
            + agreement.id()
            + ". This text says in words what the file "
            + file.getFileName()
            + " provides and what gateways enforce of it.",
        "SHA-256 of the file: " + HexFormat.of().formatHex(Sha256.hash(content)));
  }

  private static String text(Agreement agreement, List<String> preamble, List<Article> articles) {
    List<String> lines = new ArrayList<>();
    lines.addAll(WrappedText.lines("", agreement.title()));
    for (String paragraph : preamble) {
      lines.add("");
      lines.addAll(WrappedText.lines("", paragraph));
    }
    for (int i = 0; i < articles.size(); i++) {
      lines.add("");
      lines.add("Article " + (i + 1) + "  " + articles.get(i).title());
      clauses(i + 1, articles.get(i).clauses(), lines);
    }
    lines.add("");
    lines.add("Signatures");
    for (String signatory : AgreementProse.signatories(agreement)) {
      lines.add("");
      lines.add("For " + signatory + ":");
      lines.add("    Name and office  ______________________________");
      lines.add("    Place and date   ______________________________");
      lines.add("    Signature        ______________________________");
    }
    return lines.stream()
        .map(TerminalText::printable)
        .collect(Collectors.joining(System.lineSeparator(), "", System.lineSeparator()));
  }

  private static void clauses(int article, List<Clause> clauses, List<String> lines) {
    for (int i = 0; i < clauses.size(); i++) {
      String mark = "  %d.%d  ".formatted(article, i + 1);
      lines.addAll(WrappedText.lines(mark, clauses.get(i).text()));
      List<String> items = clauses.get(i).items();
      for (int j = 0; j < items.size(); j++) {
        String letter = " ".repeat(mark.length()) + "(" + letters(j) + ") ";
        lines.addAll(WrappedText.lines(letter, items.get(j)));
      }
    }
  }

  /** From a to z, then aa, ab and so on, as browsers number a list of letters. */
  private static String letters(int index) {
    String last = Character.toString('a' + index % 26);
    return index < 26 ? last : letters(index / 26 - 1) + last;
  }

  private static String page(Agreement agreement, List<String> preamble, List<Article> articles) {
    HtmlPage page = new HtmlPage(agreement.title());
    preamble.forEach(page::paragraph);
    for (int i = 0; i < articles.size(); i++) {
      page.heading(2, "Article " + (i + 1) + ": " + articles.get(i).title());
      List<Clause> clauses = articles.get(i).clauses();
      for (int j = 0; j < clauses.size(); j++) {
        page.paragraph((i + 1) + "." + (j + 1) + " " + clauses.get(j).text());
        page.letters(clauses.get(j).items());
      }
    }
    page.heading(2, "Signatures");
    page.table(
        List.of("For", "Name and office", "Place and date", "Signature"),
        AgreementProse.signatories(agreement).stream()
            .map(signatory -> List.of(signatory, "\u00a0", "\u00a0", "\u00a0"))
            .toList());
    return page.end();
  }
}
