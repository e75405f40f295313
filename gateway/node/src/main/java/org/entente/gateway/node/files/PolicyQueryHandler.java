package org.entente.gateway.node.files;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.analysis.ClauseCoverage.Clause;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.analysis.ExpectationSuite;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.Wording;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.rpc.PolicyQuestions;
import org.entente.proto.v1.CodeEntry;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.PolicyFinding;
import org.entente.proto.v1.PolicyTestResult;
import org.entente.proto.v1.ReachedClause;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;

/**
 * Answers clients' questions about the running node's policy. Runs one test or lint at a time, as
 * each may use a processor for seconds. Safe for many threads.
 */
public final class PolicyQueryHandler implements PolicyQuestions {
  private static final String FIELD = "expectations";
  private static final int MOST_BYTES = 64 << 10;
  private static final int MOST_RESULTS = 1_000;
  private static final int MOST_FINDINGS = 1_000;
  private static final int NAME = 200;
  private static final int WORDS = 500;

  private final PolicyReloader policy;
  private final InstantSource clock;
  private final Semaphore one = new Semaphore(1);

  public PolicyQueryHandler(PolicyReloader policy, InstantSource clock) {
    this.policy = policy;
    this.clock = clock;
  }

  @Override
  public Result<ListCodesResponse> codes(ListCodesRequest request) {
    Policy now = policy.current();
    List<CodeLists.Entry> all = now.rulebook().codes().entries();
    List<String> lists = all.stream().map(CodeLists.Entry::list).distinct().toList();
    String only = request.getList();
    if (!only.isEmpty() && !lists.contains(only)) {
      return Result.refused(
          Code.INVALID_FIELD,
          "list",
          "is not a code list of this gateway; valid: empty for all, or "
              + NameSuggestion.oneOf(only, lists));
    }
    ListCodesResponse.Builder out = ListCodesResponse.newBuilder().setPolicyVersion(now.version());
    all.stream()
        .filter(it -> only.isEmpty() || it.list().equals(only))
        .forEach(it -> out.addCodes(entry(it)));
    return Result.done(out.build());
  }

  private static CodeEntry entry(CodeLists.Entry it) {
    CodeEntry.Builder out =
        CodeEntry.newBuilder().setList(it.list()).setCode(it.code()).setNote(it.note());
    Wording meaning = it.meaning();
    if (meaning != null) {
      for (Wording.Language language : Wording.Language.values()) {
        out.putText(language.name().toLowerCase(Locale.ROOT), meaning.in(language));
      }
    }
    return out.build();
  }

  @Override
  public Result<TestPolicyResponse> test(TestPolicyRequest request) {
    byte[] text = request.getExpectations().getBytes(StandardCharsets.UTF_8);
    if (text.length == 0) {
      return refused(Code.INVALID_FIELD, "is required: the content of an expectations file");
    }
    if (text.length > MOST_BYTES) {
      return refused(Code.TOO_LARGE, "has " + text.length + " bytes; at most " + MOST_BYTES);
    }
    return alone(() -> tested(text, request.getCoverage()));
  }

  private Result<TestPolicyResponse> tested(byte[] text, boolean coverage) {
    ExpectationSuite.LoadResult loading = ExpectationSuite.read(FIELD, text, clock.instant());
    if (loading instanceof ExpectationSuite.LoadResult.Invalid invalid) {
      return refused(Code.INVALID_FIELD, words(invalid.problems()));
    }
    ExpectationSuite expectations = ((ExpectationSuite.LoadResult.Loaded) loading).expectations();
    if (expectations.size() > MOST_RESULTS) {
      return refused(
          Code.INVALID_FIELD,
          "has "
              + expectations.size()
              + " messages, each counted at each of its recipients; at most "
              + MOST_RESULTS);
    }
    ExpectationReport report = expectations.testInShort(policy.current());
    TestPolicyResponse.Builder out =
        TestPolicyResponse.newBuilder()
            .setPolicyVersion(report.policyVersion())
            .setNotMet(report.failed().size());
    report.results().forEach(result -> out.addResults(result(result)));
    if (coverage) {
      report.clauses().forEach(clause -> out.addClauses(clause(clause)));
    }
    return Result.done(out.build());
  }

  @Override
  public Result<LintPolicyResponse> lint() {
    return alone(this::linted);
  }

  private Result<LintPolicyResponse> linted() {
    Rulebook.LoadResult loading = policy.lint(clock.instant());
    String version = policy.current().version();
    LintPolicyResponse.Builder out = LintPolicyResponse.newBuilder().setPolicyVersion(version);
    if (loading instanceof Rulebook.LoadResult.Loaded loaded) {
      out.setInForce(loaded.rulebook().version().equals(version));
      first(loaded.warnings()).forEach(it -> out.addWarnings(finding(it)));
    } else if (loading instanceof Rulebook.LoadResult.Invalid invalid) {
      out.setInForce(policy.isOfFiles(clock.instant()));
      first(invalid.problems()).forEach(it -> out.addErrors(finding(it)));
      first(invalid.warnings()).forEach(it -> out.addWarnings(finding(it)));
    }
    return Result.done(out.build());
  }

  private <T> Result<T> alone(Supplier<Result<T>> question) {
    if (!one.tryAcquire()) {
      return Result.refused(
          Code.OVERLOADED, "", "another policy query is running; try again later");
    }
    try {
      return question.get();
    } finally {
      one.release();
    }
  }

  private static <T> Result<T> refused(Code code, String wrong) {
    return Result.refused(code, FIELD, wrong);
  }

  /** The first problem, and the number of the others. */
  private static String words(List<ConfigProblem> problems) {
    ConfigProblem first = problems.get(0);
    String more = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)";
    String place = first.line() == 0 ? "" : first.line() + ":" + first.column() + ": ";
    String field = first.field().isEmpty() ? "" : first.field() + ": ";
    String valid = first.valid().isEmpty() ? "" : "; valid: " + first.valid();
    return cut(place + field + first.wrong() + valid, WORDS) + more;
  }

  private static List<ConfigProblem> first(List<ConfigProblem> problems) {
    return problems.subList(0, Math.min(problems.size(), MOST_FINDINGS));
  }

  private static PolicyTestResult result(ExpectationReport.Result result) {
    return PolicyTestResult.newBuilder()
        .setLine(result.line())
        .setName(cut(result.name(), NAME))
        .setFrom(result.from().value())
        .setTo(result.to().value())
        .setMet(result.met())
        .setExpected(cut(result.expected(), WORDS))
        .setFound(cut(result.found(), WORDS))
        .build();
  }

  private static ReachedClause clause(Clause clause) {
    return ReachedClause.newBuilder()
        .setClause(clause.name())
        .setFulfilled(clause.fulfilled())
        .setFailed(clause.failed())
        .setCanFail(clause.canFail())
        .addAllMissing(clause.missing())
        .build();
  }

  /** A finding without file paths, which are not disclosed. */
  private static PolicyFinding finding(ConfigProblem problem) {
    return PolicyFinding.newBuilder()
        .setFile(String.valueOf(Path.of(problem.file()).getFileName()))
        .setLine(problem.line())
        .setColumn(problem.column())
        .setField(cut(problem.field(), NAME))
        .setWrong(cut(problem.wrong(), WORDS))
        .setValid(cut(problem.valid(), WORDS))
        .build();
  }

  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
    return text.substring(0, end) + "…";
  }
}
