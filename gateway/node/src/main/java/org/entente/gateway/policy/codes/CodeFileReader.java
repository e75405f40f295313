package org.entente.gateway.policy.codes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.FileErrorText;

/** Reads and merges files of code lists. Use an instance once. */
public final class CodeFileReader {
  /**
   * The lists for a node that configures none: those of config/codes that are specific to no state.
   */
  private static final List<String> SHIPPED =
      List.of(
          "categories.yaml", "purposes.yaml", "terms.yaml", "markings.yaml", "evaluations.yaml");

  private static final int MAX_FILES = 100;

  private final YamlFiles yaml = new YamlFiles();
  private final LintReport report;
  private final CodesLint lint;

  public CodeFileReader(LintReport report) {
    this.report = report;
    this.lint = new CodesLint(report);
  }

  /** Loads every {@code *.yaml} file of a folder. */
  public static CodeLists.LoadResult load(Path folder) {
    LintReport report = new LintReport();
    Optional<CodeLists> lists = new CodeFileReader(report).read(folder);
    return lists.isPresent()
        ? new CodeLists.LoadResult.Loaded(lists.get())
        : new CodeLists.LoadResult.Invalid(report.problems());
  }

  /**
   * Those of the release, for nodes that configure none: every value of a label, TLP 2.0, 4x4 and
   * Admiralty. No classification scheme: which ones there are, and what is equivalent, is for
   * states to say.
   */
  public static CodeLists shipped() {
    return ShippedLists.LISTS;
  }

  private static final class ShippedLists {
    private static final CodeLists LISTS = readShipped();
  }

  /** The lists of a folder; empty if the report has a problem. */
  private Optional<CodeLists> read(Path folder) {
    for (Path file : files(folder)) {
      try {
        byte[] content = Files.readAllBytes(file);
        report.seen(file.toString(), content);
        add(file.toString(), content);
      } catch (IOException e) {
        report.problem(
            ConfigProblem.ofFile(
                file.toString(), "cannot be read: " + FileErrorText.words(e), "a readable file"));
      }
    }
    return lists();
  }

  /** The files of a folder in the order of their names; reports a problem if there are none. */
  public List<Path> files(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files =
          entries
              .filter(YamlFiles::isMeant)
              .sorted((a, b) -> name(a).compareTo(name(b)))
              .limit(MAX_FILES + 1L)
              .toList();
      if (files.isEmpty() || files.size() > MAX_FILES) {
        report.problem(
            ConfigProblem.ofFile(
                folder.toString(),
                files.isEmpty() ? "no code lists" : "too many code lists",
                "1 to " + MAX_FILES + " files *.yaml"));
        return List.of();
      }
      return files;
    } catch (IOException e) {
      report.problem(
          ConfigProblem.ofFile(
              folder.toString(),
              "cannot be listed: " + FileErrorText.words(e),
              "a folder of code lists"));
      return List.of();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** Adds the content of one file. */
  public void add(String file, byte[] content) {
    YamlReadResult<CodeFile> reading = yaml.parse(file, content, CodeFile.class);
    if (reading instanceof YamlReadResult.Unreadable<CodeFile> unreadable) {
      report.problems(unreadable.problems());
    } else {
      YamlReadResult.Read<CodeFile> read = (YamlReadResult.Read<CodeFile>) reading;
      lint.add(read.value(), new FileLint(report, read.positions()));
    }
  }

  /** The merged lists of all files; empty if a problem was reported. */
  public Optional<CodeLists> lists() {
    Optional<CodeLists> lists = lint.lists();
    return report.problems().isEmpty() ? lists : Optional.empty();
  }

  private static CodeLists readShipped() {
    LintReport report = new LintReport();
    CodeFileReader files = new CodeFileReader(report);
    for (String name : SHIPPED) {
      try (InputStream in = CodeFileReader.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("code list " + name + " is not in this release");
        }
        files.add(name, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files
        .lists()
        .orElseThrow(() -> new IllegalStateException("shipped code lists: " + report.problems()));
  }
}
