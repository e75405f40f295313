package org.entente.loadtests.scenario.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.gateway.policy.analysis.ClauseCoverage.Clause;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.analysis.ExpectationSuite;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;
import org.jspecify.annotations.Nullable;

/**
 * Expected results of {@code policy test --coverage}.
 *
 * @param expectations a file of the scenario, or a folder of such files
 * @param notMet names of expectations that are not met, exactly these; none if absent
 * @param coverage by agreement (or {@code node} for its rules) outcomes that its clauses never had,
 *     such as {@code handling never failed}, exactly these; not checked if absent
 * @param by a client with the scope {@code operator} that also tests the running gateway, which
 *     must give the same results for the same version; none if absent
 */
public record PolicyTestEntry(
    @JsonProperty(required = true) String expectations,
    @Nullable List<String> notMet,
    @Nullable Map<String, List<String>> coverage,
    @Nullable ClientRef by) {

  private Map<String, List<String>> uncovered() {
    return coverage == null ? Map.of() : new TreeMap<>(coverage);
  }

  void check(ScenarioCheck checking, String field) {
    Path place = checking.file(expectations);
    if (!Files.exists(place)) {
      checking.problem(
          field + ".expectations", "there is no file " + place, "a file of expectations");
    } else if (ExpectationSuite.read(place, Instant.EPOCH)
        instanceof ExpectationSuite.LoadResult.Invalid invalid) {
      invalid
          .problems()
          .forEach(it -> checking.problem(field + ".expectations", it.toString(), ""));
    }
    if (by != null) {
      checking.client(field + ".by", by);
      checking.require(
          !Files.isDirectory(place),
          field + ".expectations",
          "is a folder beside by",
          "a file, which a gateway is given as a text");
    }
  }

  /** Tests the running gateway by the same expectations. */
  void ask(ScenarioFederation stage, ExpectationReport report, StepFindings findings) {
    if (by == null) {
      return;
    }
    String text;
    try {
      text = Files.readString(stage.file(expectations));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestPolicyResponse answer =
        stage
            .patient(PolicyToolsGrpc.newBlockingStub(stage.channel(by)))
            .testPolicy(TestPolicyRequest.newBuilder().setExpectations(text).build());
    findings.same(
        "the gateway says by "
            + report.policyVersion()
            + " "
            + report.results().stream().map(it -> it.to() + ": " + it.found()).toList(),
        "the gateway says by "
            + answer.getPolicyVersion()
            + " "
            + answer.getResultsList().stream()
                .map(it -> it.getTo() + ": " + it.getFound())
                .toList());
  }

  public void compare(ExpectationReport report, StepFindings findings) {
    TreeSet<String> wanted = new TreeSet<>(notMet == null ? List.of() : notMet);
    TreeSet<String> seen = new TreeSet<>();
    TreeSet<String> found = new TreeSet<>();
    for (ExpectationReport.Result it : report.failed()) {
      seen.add(it.name());
      found.add(it.name() + ", to " + it.to() + ": " + it.found());
    }
    String all = report.results().size() + " expectations, of which are not met ";
    findings.add(all + wanted, all + (wanted.equals(seen) ? seen : found), wanted.equals(seen));
    uncovered()
        .forEach(
            (agreement, missing) ->
                findings.same(
                    "of the clauses of " + agreement + " " + new TreeSet<>(missing),
                    "of the clauses of " + agreement + " " + missing(agreement, report.clauses())));
  }

  /** The outcomes that never occurred, or that there is no such agreement. */
  private static TreeSet<String> missing(String agreement, List<Clause> clauses) {
    String prefix = agreement + "/";
    TreeSet<String> missing = new TreeSet<>();
    boolean none = true;
    for (Clause clause : clauses) {
      if (clause.name().startsWith(prefix)) {
        none = false;
        String name = clause.name().substring(prefix.length());
        clause.missing().forEach(it -> missing.add(name + " " + it));
      }
    }
    if (none) {
      missing.add("there are none");
    }
    return missing;
  }
}
