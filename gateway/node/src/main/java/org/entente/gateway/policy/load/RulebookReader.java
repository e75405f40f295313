package org.entente.gateway.policy.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.policy.codes.CodeFileReader;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.gateway.policy.codes.LintReport;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementFile;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.policy.terms.NodeRule.NodeRulesFile;
import org.entente.gateway.policy.terms.Rulebook;
import org.jspecify.annotations.Nullable;

/** Reads, validates and hashes a rulebook's files. Use an instance once. */
public final class RulebookReader {
  private static final int MAX_AGREEMENTS = 1_000;
  private static final int VERSION_DIGITS = 16;

  private final YamlFiles yaml = new YamlFiles();
  private final ExpressionCompiler expressions = new ExpressionCompiler();
  private final LintReport report = new LintReport();
  private final MessageDigest hash = sha256();
  private final Map<String, Agreement> agreements = new TreeMap<>();
  private final Map<String, String> fileOf = new HashMap<>();
  private final Map<String, FieldPositions> places = new HashMap<>();
  private FieldPositions placesOfRules = FieldPositions.none("");
  private final Membership membership;
  private final Instant now;

  private RulebookReader(Membership membership, Instant now) {
    this.membership = membership;
    this.now = now;
  }

  /**
   * Loads a node's rules and every {@code *.yaml} file of a folder; each is one agreement. Problems
   * of members prevent no loading.
   *
   * @param agreements the folder
   * @param nodeRules the file of the node's rules; null for none
   * @param membership groups and agencies that the files may name
   * @param now the time, for the warning about ended agreements
   */
  public static Rulebook.LoadResult load(
      Path agreements, @Nullable Path nodeRules, Membership membership, Instant now) {
    return load(agreements, nodeRules, null, membership, now);
  }

  /**
   * Loads as {@link #load(Path, Path, Membership, Instant)}, with the node's own code lists.
   *
   * @param codes their folder; null for {@link CodeLists#shipped the shipped lists}
   */
  public static Rulebook.LoadResult load(
      Path agreements,
      @Nullable Path nodeRules,
      @Nullable Path codes,
      Membership membership,
      Instant now) {
    return new RulebookReader(membership, now).load(agreements, nodeRules, codes);
  }

  /**
   * Loads as {@link #load} and analyses the rulebook for people: rules that are never reached,
   * conditions that are always false, agreements that contradict each other. Findings of the
   * analysis are warnings. Problems are the errors that prevent loading, and those of members. If
   * an error prevents loading, only the files are checked, each by itself.
   */
  public static Rulebook.LoadResult lint(
      Path agreements,
      @Nullable Path nodeRules,
      @Nullable Path codes,
      Membership membership,
      Instant now) {
    return new RulebookReader(membership, now).lint(agreements, nodeRules, codes);
  }

  /**
   * Loads one agreement by itself, such as a draft that is not in the node's folder. Problems of
   * members make it invalid.
   *
   * @param agreement its file, which is not read
   * @param content the content of the file
   * @param codes folder of the code lists; null for the shipped ones
   */
  public static Rulebook.LoadResult loadOne(
      Path agreement, byte[] content, @Nullable Path codes, Membership membership, Instant now) {
    RulebookReader reader = new RulebookReader(membership, now);
    CodeLists lists = codes == null ? CodeFileReader.shipped() : reader.codes(codes).orElse(null);
    if (reader.isNamedRightly(agreement)) {
      reader.hash(agreement, "", content);
      reader.agreement(agreement, content, lists);
    }
    Rulebook.LoadResult loading = reader.load(List.of(), null, lists);
    return loading instanceof Rulebook.LoadResult.Loaded loaded ? loaded.strict() : loading;
  }

  private Rulebook.LoadResult load(
      Path folder, @Nullable Path nodeRules, @Nullable Path codeLists) {
    // Code lists come first, since conditions are checked against them.
    CodeLists codes = codeLists == null ? CodeFileReader.shipped() : codes(codeLists).orElse(null);
    return load(agreementFiles(folder), nodeRules, codes);
  }

  /**
   * Loads all but the code lists.
   *
   * @param codes null if they are invalid: then what is compared with them is not checked
   */
  private Rulebook.LoadResult load(
      List<Path> files, @Nullable Path nodeRules, @Nullable CodeLists codes) {
    for (Path file : files) {
      read(file, "").ifPresent(content -> agreement(file, content, codes));
    }
    List<NodeRule> rules =
        nodeRules == null
            ? List.of()
            : read(nodeRules, "")
                .map(content -> rules(nodeRules, content, codes))
                .orElse(List.of());
    if (codes == null || !report.problems().isEmpty()) {
      return new Rulebook.LoadResult.Invalid(
          Stream.of(report.problems(), report.ofMembers()).flatMap(List::stream).toList(),
          report.warnings());
    }
    String version =
        "sha256:" + HexFormat.of().formatHex(hash.digest()).substring(0, VERSION_DIGITS);
    Rulebook rulebook = new Rulebook(version, List.copyOf(agreements.values()), rules, codes);
    return new Rulebook.LoadResult.Loaded(rulebook, report.warnings(), report.ofMembers());
  }

  /** Loads the rulebook and analyses it. */
  Rulebook.LoadResult lint(Path folder, @Nullable Path nodeRules, @Nullable Path codeLists) {
    Rulebook.LoadResult loading = load(folder, nodeRules, codeLists);
    if (loading instanceof Rulebook.LoadResult.Loaded loaded) {
      if (codeLists != null) {
        wordless(codeLists, loaded.rulebook().codes());
      }
      LintBudget budget = new LintBudget(LintBudget.MOST);
      new RulebookLint(loaded.rulebook(), membership, now, places, report, budget).lint();
      FileLint rules = new FileLint(report, placesOfRules);
      new NodeRulesReview(loaded.rulebook(), membership, now, rules, budget).review();
      return new Rulebook.LoadResult.Loaded(
              loaded.rulebook(), report.warnings(), loaded.ofMembers())
          .strict();
    }
    return loading;
  }

  private static String words(List<String> codes) {
    int shown = Math.min(codes.size(), 10);
    return String.join(", ", codes.subList(0, shown)) + (shown < codes.size() ? ", …" : "");
  }

  /** Warns about values without text: lists made for an earlier release lack newer values. */
  private void wordless(Path folder, CodeLists codes) {
    List<String> lacking = codes.wordless();
    if (!lacking.isEmpty()) {
      report.warning(
          ConfigProblem.ofFile(
              folder.toString(), "no text for " + words(lacking), "a text in each language"));
    }
  }

  private Optional<CodeLists> codes(Path folder) {
    CodeFileReader files = new CodeFileReader(report);
    for (Path file : files.files(folder)) {
      read(file, "codes/").ifPresent(content -> files.add(file.toString(), content));
    }
    return files.lists();
  }

  private List<Path> agreementFiles(Path folder) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      // Sorted by name: the version must not depend on the order of the directory.
      List<Path> visible =
          entries
              .filter(it -> !name(it).startsWith("."))
              .sorted((a, b) -> name(a).compareTo(name(b)))
              .toList();
      visible.stream().filter(Files::isDirectory).forEach(this::subfolder);
      files = visible.stream().filter(YamlFiles::isMeant).limit(MAX_AGREEMENTS + 1L).toList();
    } catch (IOException e) {
      report.problem(
          ConfigProblem.ofFile(
              folder.toString(),
              "cannot be listed: " + FileErrorText.words(e),
              "a folder of agreements; `entente policy new` writes the first"));
      return List.of();
    }
    if (files.size() > MAX_AGREEMENTS) {
      report.problem(
          ConfigProblem.ofFile(
              folder.toString(), "too many agreements", "at most " + MAX_AGREEMENTS));
      return List.of();
    }
    if (files.isEmpty()) {
      report.warning(
          ConfigProblem.ofFile(
              folder.toString(), "no agreement: every message is refused", "*.yaml"));
    }
    return files;
  }

  /** Warns about a folder with files that look like agreements and are not read. */
  private void subfolder(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.anyMatch(YamlFiles::isMeant)) {
        report.warning(
            ConfigProblem.ofFile(
                folder.toString(),
                "a folder whose YAML files are not read",
                "agreements in the folder above, and other files outside of it"));
      }
    } catch (IOException e) {
      // Its owner keeps others out, such as lost+found; nothing in it was meant for the gateway.
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /**
   * The content, which is part of the version hash.
   *
   * @param folder prefix of its name in the hash
   */
  private Optional<byte[]> read(Path file, String folder) {
    if (!isNamedRightly(file)) {
      return Optional.empty();
    }
    try {
      if (Files.size(file) > YamlFiles.MAX_BYTES) {
        report.problem(
            ConfigProblem.ofFile(
                file.toString(), "too large", "at most " + YamlFiles.MAX_BYTES + " bytes"));
        return Optional.empty();
      }
      byte[] content = Files.readAllBytes(file);
      hash(file, folder, content);
      return Optional.of(content);
    } catch (IOException e) {
      report.problem(
          ConfigProblem.ofFile(
              file.toString(), "cannot be read: " + FileErrorText.words(e), "a readable file"));
      return Optional.empty();
    }
  }

  private boolean isNamedRightly(Path file) {
    Optional<ConfigProblem> problem = YamlFiles.misnamed(file);
    problem.ifPresent(report::problem);
    return problem.isEmpty();
  }

  private void hash(Path file, String folder, byte[] content) {
    byte[] head =
        (folder + name(file) + "\n" + content.length + "\n").getBytes(StandardCharsets.UTF_8);
    hash.update(head);
    hash.update(content);
    report.seen(file.toString(), content);
  }

  private void agreement(Path file, byte[] content, @Nullable CodeLists codes) {
    YamlReadResult<AgreementFile> reading =
        yaml.parse(file.toString(), content, AgreementFile.class);
    YamlReadResult.Read<AgreementFile> read = readable(reading);
    if (read == null) {
      return;
    }
    String other = fileOf.putIfAbsent(read.value().id(), name(file));
    if (other != null) {
      report.problem(
          read.positions()
              .problem("id", read.value().id() + " is also in " + other, "an id of its own"));
    }
    places.put(read.value().id(), read.positions());
    new AgreementLint(read.value(), new FileLint(report, read.positions()), membership)
        .lint(expressions, codes, now)
        .ifPresent(agreement -> agreements.put(agreement.id(), agreement));
  }

  /** What of a file can be checked, if anything; reports why the file cannot be read. */
  private <T> YamlReadResult.@Nullable Read<T> readable(YamlReadResult<T> reading) {
    if (reading instanceof YamlReadResult.Unreadable<T> unreadable) {
      report.problems(unreadable.problems());
      return unreadable.rest();
    }
    return (YamlReadResult.Read<T>) reading;
  }

  private List<NodeRule> rules(Path file, byte[] content, @Nullable CodeLists codes) {
    YamlReadResult<NodeRulesFile> reading =
        yaml.parse(file.toString(), content, NodeRulesFile.class);
    YamlReadResult.Read<NodeRulesFile> read = readable(reading);
    if (read == null) {
      return List.of();
    }
    placesOfRules = read.positions();
    return new NodeRulesLint(new FileLint(report, read.positions()), expressions, codes)
        .lint(read.value());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
