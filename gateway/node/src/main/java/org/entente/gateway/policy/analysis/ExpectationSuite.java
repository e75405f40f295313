package org.entente.gateway.policy.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.policy.analysis.ExpectationFile.Direction;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.AgreementExplainer;
import org.entente.gateway.policy.decide.DraftTerms;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.RuleEvaluator;
import org.entente.gateway.policy.decide.Ruling;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.gateway.policy.terms.AgreementCheck;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.gateway.policy.terms.RecipientContent;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Expectations about agreements, read from files: messages, and the required result for each at
 * each recipient. Immutable.
 */
public final class ExpectationSuite {
  /** What stands before the slash of a rule of no agreement. */
  private static final Set<String> OF_NO_AGREEMENT =
      Set.of("node", "onward", "classification", "equivalence");

  /** Fields of an agreement whose clause is {@code between}. */
  private static final Set<String> OF_BETWEEN =
      Set.of("parties", "from", "to", "direction", "authorities", "among_themselves");

  private final List<Expectation> all;

  private ExpectationSuite(List<Expectation> all) {
    this.all = List.copyOf(all);
  }

  /** The result of reading. */
  public sealed interface LoadResult {
    /** The files are valid. */
    record Loaded(ExpectationSuite expectations) implements LoadResult {}

    /** The files are invalid: every problem found. */
    record Invalid(List<ConfigProblem> problems) implements LoadResult {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * One message to one recipient.
   *
   * @param file its file
   * @param line its line, from 1
   * @param name its name
   * @param egress whether the sender's policy is evaluated; otherwise the recipient's
   * @param transfer the message
   * @param person whether the draft says who sends it and why
   * @param sources the messages that it passes on
   * @param expected the required result
   */
  record Expectation(
      String file,
      int line,
      String name,
      boolean egress,
      Transfer transfer,
      boolean person,
      List<OnwardSource> sources,
      ExpectationFile.Expected expected) {}

  /**
   * Reads the {@link #files files} of these places.
   *
   * @param now the time of messages in files that name none
   */
  public static LoadResult read(List<Path> places, Instant now) {
    List<ConfigProblem> problems = new ArrayList<>();
    List<Expectation> all = new ArrayList<>();
    for (Path file : files(places, problems)) {
      take(new YamlFiles().read(file, ExpectationFile.class), now, problems, all);
    }
    return loading(problems, all);
  }

  /**
   * Reads the content of one file.
   *
   * @param file name of the file in reports
   * @param now the time of messages if the file names none
   */
  public static LoadResult read(String file, byte[] content, Instant now) {
    List<ConfigProblem> problems = new ArrayList<>();
    List<Expectation> all = new ArrayList<>();
    take(new YamlFiles().parse(file, content, ExpectationFile.class), now, problems, all);
    return loading(problems, all);
  }

  private static void take(
      YamlReadResult<ExpectationFile> reading,
      Instant now,
      List<ConfigProblem> problems,
      List<Expectation> all) {
    if (reading instanceof YamlReadResult.Unreadable<ExpectationFile> unreadable) {
      problems.addAll(unreadable.problems());
      YamlReadResult.Read<ExpectationFile> rest = unreadable.rest();
      if (rest != null) {
        new OneFile(rest.value(), rest.positions(), now, problems, all).read();
      }
    } else {
      YamlReadResult.Read<ExpectationFile> read = (YamlReadResult.Read<ExpectationFile>) reading;
      new OneFile(read.value(), read.positions(), now, problems, all).read();
    }
  }

  private static LoadResult loading(List<ConfigProblem> problems, List<Expectation> all) {
    return problems.isEmpty()
        ? new LoadResult.Loaded(new ExpectationSuite(all))
        : new LoadResult.Invalid(problems);
  }

  /**
   * The files themselves, and every {@code *.yaml} file in folders and their subfolders, in the
   * order of their names. Hidden files and folders are left out.
   *
   * @param problems receives problems with the folders
   */
  public static List<Path> files(List<Path> places, List<ConfigProblem> problems) {
    return places.stream().flatMap(place -> files(place, problems).stream()).toList();
  }

  private static List<Path> files(Path place, List<ConfigProblem> problems) {
    if (!Files.isDirectory(place)) {
      return List.of(place);
    }
    try (Stream<Path> entries = Files.walk(place)) {
      List<Path> files =
          entries
              .filter(it -> YamlFiles.isMeant(it) && !isHidden(place.relativize(it)))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        problems.add(ConfigProblem.ofFile(place.toString(), "no expectations", "*.yaml"));
      }
      List<ConfigProblem> misnamed =
          files.stream().flatMap(it -> YamlFiles.misnamed(it).stream()).toList();
      problems.addAll(misnamed);
      return misnamed.isEmpty() ? files : List.of();
    } catch (UncheckedIOException e) {
      problems.add(notListed(place, Objects.requireNonNull(e.getCause())));
      return List.of();
    } catch (IOException e) {
      problems.add(notListed(place, e));
      return List.of();
    }
  }

  private static ConfigProblem notListed(Path place, IOException e) {
    String wrong = "cannot be listed: " + FileErrorText.words(e);
    return ConfigProblem.ofFile(place.toString(), wrong, "a folder of expectations");
  }

  private static boolean isHidden(Path below) {
    return Stream.iterate(0, i -> i < below.getNameCount(), i -> i + 1)
        .anyMatch(i -> below.getName(i).toString().startsWith("."));
  }

  /** Converts one file to expectations. */
  private record OneFile(
      ExpectationFile file,
      FieldPositions positions,
      Instant now,
      List<ConfigProblem> problems,
      List<Expectation> all) {

    void read() {
      if (file.expectations().isEmpty()) {
        problems.add(positions.problem("expectations", "an empty list", "one or more"));
      }
      for (int i = 0; i < file.expectations().size(); i++) {
        entry("expectations[" + i + "]", file.expectations().get(i));
      }
    }

    private void entry(String field, ExpectationFile.Entry entry) {
      Optional<Label> label =
          LabelNotation.label(entry.label(), field + ".label", positions, problems);
      boolean egress = entry.direction() != Direction.INGRESS;
      if (entry.to().isEmpty()) {
        problems.add(positions.problem(field + ".to", "an empty list", "one agency or more"));
      }
      if (!egress && label.map(it -> it.getAgreement().isEmpty()).orElse(false)) {
        problems.add(
            positions.problem(
                field + ".label.agreement", "is missing", "the agreement that the sender named"));
      }
      if (!egress
          && (entry.person() != null || entry.passesOn() != null || entry.namesPersons() != null)) {
        problems.add(
            positions.problem(
                field,
                "person, passes_on or names_persons with a received message",
                "with EGRESS only"));
      }
      if (egress && label.map(it -> it.getRedactedCount() > 0).orElse(false)) {
        problems.add(
            positions.problem(field + ".label.redacted", "set by a client", "with INGRESS only"));
      }
      expected(field + ".expect", entry.expect());
      List<OnwardSource> sources = sources(field, entry);
      label.ifPresent(it -> entry.to().forEach(to -> add(field, entry, it, sources, to)));
    }

    /** An expectation that no decision can meet is a mistake, not a finding. */
    private void expected(String field, ExpectationFile.Expected expected) {
      boolean refused = expected.outcome() == TransferVerdict.Outcome.REFUSED;
      if (!refused && (expected.rule() != null || expected.code() != null)) {
        problems.add(
            positions.problem(
                field + (expected.rule() == null ? ".code" : ".rule"),
                "with " + expected.outcome(),
                "agreement; only a refusal has a code and a rule"));
      }
      if (refused && (expected.agreement() != null || expected.withheld() != null)) {
        problems.add(
            positions.problem(
                field + (expected.agreement() == null ? ".withheld" : ".agreement"),
                "with REFUSED",
                "rule, which names the agreement and its clause; nothing is sent"));
      }
      String written = expected.rule();
      String rule = written == null ? "" : written;
      int slash = rule.indexOf('/');
      String clause = rule.substring(slash + 1);
      if (slash > 0
          && !OF_NO_AGREEMENT.contains(rule.substring(0, slash))
          && !AgreementCheck.CLAUSES.contains(clause)) {
        String near = OF_BETWEEN.contains(clause) ? "between" : clause;
        problems.add(
            positions.problem(
                field + ".rule",
                "no clause is named \"" + InvalidValue.printable(clause) + "\"",
                rule.substring(0, slash)
                    + "/ and one of "
                    + String.join(", ", AgreementCheck.CLAUSES)
                    + NameSuggestion.behind(near, AgreementCheck.CLAUSES)));
      }
    }

    private List<OnwardSource> sources(String field, ExpectationFile.Entry entry) {
      List<ExpectationFile.PassedOn> written =
          entry.passesOn() == null ? List.of() : entry.passesOn();
      return SourceLabels.of(written, field + ".passes_on", positions, problems);
    }

    private void add(
        String field,
        ExpectationFile.Entry entry,
        Label label,
        List<OnwardSource> sources,
        AgencyName to) {
      Instant own = entry.at();
      Instant files = file.at();
      Instant at = own != null ? own : files != null ? files : now;
      Integer written = entry.bodyBytes();
      long bytes = written == null ? 0 : written;
      Label complete = withDefaults(label, entry);
      RecipientContent content =
          Boolean.TRUE.equals(entry.namesPersons())
              ? RecipientContent.naming(complete, bytes)
              : RecipientContent.unseen(complete, bytes);
      all.add(
          new Expectation(
              positions.file(),
              positions.line(field),
              entry.name(),
              entry.direction() != Direction.INGRESS,
              new Transfer(complete, bytes, entry.from(), to, at, content),
              !Boolean.FALSE.equals(entry.person()),
              sources,
              entry.expect()));
    }

    /** Sets personal data if the body names persons, as the gateway does. */
    private static Label withDefaults(Label label, ExpectationFile.Entry entry) {
      return LabelCheck.withDefaults(label).toBuilder()
          .setPersonalData(label.getPersonalData() || Boolean.TRUE.equals(entry.namesPersons()))
          .build();
    }
  }

  /** The number of checks: each message at each of its recipients. */
  public int size() {
    return all.size();
  }

  /** Evaluates the expectations under a policy. */
  public ExpectationReport test(Policy policy) {
    return test(policy, true);
  }

  /** Evaluates the expectations under a policy, without the results of each agreement. */
  public ExpectationReport testInShort(Policy policy) {
    return test(policy, false);
  }

  private ExpectationReport test(Policy policy, boolean whole) {
    RuleEvaluator rules = new RuleEvaluator(policy.rulebook(), policy.membership());
    DraftTerms terms =
        new DraftTerms(
            rules,
            policy.membership(),
            policy.rulebook().codes().sharing(),
            policy.fulfilments(),
            ExerciseRetention.NONE);
    ClauseCoverage coverage = new ClauseCoverage(policy.rulebook(), policy.membership());
    List<ExpectationReport.Result> results = new ArrayList<>();
    for (Expectation it : all) {
      Ruling ruling =
          it.egress()
              ? draft(rules.egress(it.transfer()), it, terms)
              : rules.underNamed(false, it.transfer());
      coverage.note(it.egress(), it.transfer(), it.person());
      TransferVerdict verdict = TransferVerdict.of(ruling, it.egress(), it.transfer().label());
      results.add(result(it, verdict, whole ? rules : null));
    }
    return new ExpectationReport(policy.version(), results, coverage.clauses());
  }

  private static Ruling draft(Ruling ruling, Expectation it, DraftTerms terms) {
    Transfer transfer = it.transfer();
    return terms.held(
        ruling, transfer.label(), it.person(), it.sources(), transfer.recipient(), transfer.now());
  }

  private static ExpectationReport.Result result(
      Expectation it, TransferVerdict verdict, @Nullable RuleEvaluator rules) {
    boolean met = meets(it.expected(), verdict);
    List<Explanation.AgreementTrial> tried =
        met || rules == null ? List.of() : AgreementExplainer.of(rules, it.transfer());
    return new ExpectationReport.Result(
        it.file(),
        it.line(),
        it.name(),
        it.transfer().origin(),
        it.transfer().recipient(),
        met,
        words(it.expected()),
        verdict.words(),
        tried);
  }

  private static boolean meets(ExpectationFile.Expected expected, TransferVerdict verdict) {
    String agreement = expected.agreement();
    String rule = expected.rule();
    return expected.outcome() == verdict.outcome()
        && (agreement == null
            || verdict.agreement().map(it -> it.id().equals(agreement)).orElse(false))
        && (expected.code() == null
            || verdict.refusal().map(it -> it.code() == expected.code()).orElse(false))
        && isWithheld(expected, verdict)
        && (rule == null || verdict.refusal().map(it -> it.rule().equals(rule)).orElse(false));
  }

  private static boolean isWithheld(ExpectationFile.Expected expected, TransferVerdict verdict) {
    List<String> withheld = expected.withheld();
    return withheld == null || withheld.stream().sorted().toList().equals(verdict.withheld());
  }

  private static String words(ExpectationFile.Expected expected) {
    List<String> withheld = expected.withheld();
    return expected.outcome()
        + (expected.agreement() == null ? "" : " under " + expected.agreement())
        + (expected.code() == null ? "" : " " + expected.code())
        + (expected.rule() == null ? "" : " by " + expected.rule())
        + (withheld == null
            ? ""
            : " without " + (withheld.isEmpty() ? "nothing" : String.join(", ", withheld)));
  }
}
