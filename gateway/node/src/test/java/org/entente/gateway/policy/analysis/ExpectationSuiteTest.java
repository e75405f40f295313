package org.entente.gateway.policy.analysis;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.policy.analysis.ClauseCoverage.Clause;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.terms.AgreementCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectationSuiteTest {
  private static final String ONE =
      """
      at: 2026-06-01T12:00:00Z
      expectations:
        - name: an alert
          from: fr.customs
          to: [sg.police]
          label:
            kind: ALERT
            category: IPR
            purpose: IPR_ENFORCEMENT
            classification: RESTRICTED
            handling: [H1]
          expect: { outcome: PERMITTED, agreement: sample }
      """;

  @TempDir Path folder;

  /** Beyond the label: who stands behind a draft, and what it passes on. */
  @Test
  void personAndWhatIsPassedOn_countWithEgressOnly() throws IOException {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                PolicyFixture.sample(
                    "  onward_transfer: NONE",
                    "  onward_transfer: NONE\n  person_required: true")));
    assertEquals(List.of(), loaded(ONE).test(policy).failed());
    String nobody = ONE.replace("    expect:", "    person: false\n    expect:");
    assertEquals(
        "REFUSED PERSON_REQUIRED by sample/person_required: this agreement requires "
            + "on_behalf_of.officer and on_behalf_of.justification",
        loaded(nobody).test(policy).failed().get(0).found());
    String passedOn =
        ONE.replace(
            "    expect:",
            "    passes_on: [{ from: us.cbp, label: { agreement: sample, purpose: IPR_ENFORCEMENT,"
                + " classification: RESTRICTED } }]\n    expect:");
    String found = loaded(passedOn).test(policy).failed().get(0).found();
    assertTrue(found.startsWith("REFUSED ONWARD_REFUSED by onward/onward_transfer"), found);
    String received =
        nobody
            .replace("    from:", "    direction: INGRESS\n    from:")
            .replace("      handling:", "      agreement: sample\n      handling:");
    var invalid = assertInstanceOf(ExpectationSuite.LoadResult.Invalid.class, read(received));
    assertTrue(invalid.problems().toString().contains("with EGRESS only"), received);
  }

  @Test
  void shippedExpectations_areMetByTheShippedAgreements() {
    ExpectationReport report =
        loaded(PolicyFixture.CONFIG.resolve("expectations")).test(PolicyFixture.demo());
    assertEquals(List.of(), report.failed());
    assertTrue(report.results().size() >= 28, () -> report.results().size() + " results");
    Map<String, Clause> clauses = byName(report);
    for (String clause :
        List.of(
            "fr-sg-ipr/between",
            "fr-sg-ipr/valid",
            "fr-sg-ipr/purposes",
            "fr-sg-ipr/handling",
            "fr-sg-ipr/max_message_bytes",
            "fr-sg-ipr/condition",
            "fr-sg-controlled-delivery/person_required",
            "eu-us-narcotics-hazardous/condition",
            "node/no-system-messages",
            "node/covert-operations-are-urgent")) {
      assertEquals(List.of(), clause(clauses, clause).missing(), clause);
    }
    for (String clause : clauses.keySet()) {
      String name = clause.substring(clause.indexOf('/') + 1);
      assertTrue(clause.startsWith("node/") || AgreementCheck.CLAUSES.contains(name), clause);
    }
    assertEquals(List.of(), clause(clauses, "fr-sg-ipr/personal_data").missing(), "cannot fail");
    assertTrue(clause(clauses, "fr-sg-ipr/personal_data").fulfilled() > 0);
  }

  @Test
  void expectation_notMet_saysWhatWasExpectedWhatCameAndWhatEachAgreementSaid() throws IOException {
    ExpectationReport report =
        test(ONE.replace("category: IPR", "category: CASH"), PolicyFixture.sample());
    ExpectationReport.Result result = report.failed().get(0);
    assertEquals(3, result.line());
    assertEquals("PERMITTED under sample", result.expected());
    assertEquals(
        "REFUSED NOT_COVERED by sample/categories: category CASH; this agreement covers IPR",
        result.found());
    assertEquals(
        List.of("categories: category CASH; this agreement covers IPR"),
        result.tried().get(0).failed());
  }

  @Test
  void expectation_everythingItNames_isCompared() throws IOException {
    assertEquals(0, failures(ONE));
    assertEquals(1, failures(ONE.replace("agreement: sample", "agreement: other")));
    assertEquals(1, failures(ONE.replace("PERMITTED", "HELD")));
    String refused =
        ONE.replace("[H1]", "[H2]")
            .replace(
                "outcome: PERMITTED, agreement: sample",
                "outcome: REFUSED, code: NOT_COVERED, rule: sample/handling");
    assertEquals(0, failures(refused));
    assertEquals(1, failures(refused.replace("sample/handling", "sample/kinds")));
    assertEquals(1, failures(refused.replace("code: NOT_COVERED", "code: TOO_LARGE")));
    assertEquals(1, failures(ONE.replace("at: 2026", "at: 2027")));
    assertEquals(1, failures(ONE.replace("    expect:", "    body_bytes: 10001\n    expect:")));
  }

  private int failures(String expectations) throws IOException {
    return test(expectations, PolicyFixture.sample()).failed().size();
  }

  @Test
  void fourEyes_areHeldBySenderAndTakenByRecipient() throws IOException {
    String held = ONE.replace("PERMITTED", "HELD");
    String agreement =
        PolicyFixture.sample("onward_transfer: NONE", "onward_transfer: NONE\n  four_eyes: true");
    assertEquals(List.of(), test(held, agreement).failed());
    String taken =
        ONE.replace("    from:", "    direction: INGRESS\n    from:")
            .replace("handling: [H1]", "agreement: sample");
    assertEquals(List.of(), test(taken, agreement).failed());
  }

  @Test
  void coverage_countsBothOutcomesOfEachClause() throws IOException {
    Map<String, Clause> once = byName(test(ONE, PolicyFixture.sample()));
    assertEquals(1, clause(once, "sample/categories").fulfilled());
    assertEquals(List.of("never failed"), clause(once, "sample/categories").missing());
    assertEquals(List.of("never failed"), clause(once, "sample/between").missing());
    Map<String, Clause> refused =
        byName(test(ONE.replace("category: IPR", "category: CASH"), PolicyFixture.sample()));
    assertEquals(List.of("never fulfilled"), clause(refused, "sample/categories").missing());
    assertEquals(1, clause(refused, "sample/purposes").fulfilled());
  }

  /** An expectation that is left out without a word is never checked. */
  @Test
  void filesOfAFolder_areReadAlsoInSubfolders_andNoneIsLeftOutInSilence() throws IOException {
    Path all = Files.createDirectory(folder.resolve("all"));
    Path below = Files.createDirectories(all.resolve("seizures/more"));
    Files.writeString(all.resolve("a.yaml"), ONE);
    Files.writeString(below.resolve("b.yaml"), ONE);
    Files.writeString(all.resolve("README.md"), "none");
    Files.writeString(all.resolve("a.yaml~"), "none");
    Files.writeString(all.resolve(".a.yaml"), "none");
    Files.writeString(Files.createDirectory(all.resolve(".git")).resolve("c.yaml"), "none");
    assertEquals(
        2,
        assertInstanceOf(
                ExpectationSuite.LoadResult.Loaded.class, ExpectationSuite.read(List.of(all), NOW))
            .expectations()
            .size());
    Files.writeString(below.resolve("c.yml"), ONE);
    var invalid =
        assertInstanceOf(
            ExpectationSuite.LoadResult.Invalid.class, ExpectationSuite.read(List.of(all), NOW));
    assertEquals(
        List.of(below.resolve("c.yml") + ": ends in .yml; valid: a name in .yaml"),
        invalid.problems().stream().map(ConfigProblem::toString).toList());
  }

  @Test
  void file_wrong_isRefusedWithLineFieldAndCure() throws IOException {
    assertProblem("category: IPR", "category: DRUGS", ":8:", "label.category: \"DRUGS\"; valid");
    assertProblem("category: IPR", "colour: red", ":8:", "is no label field that clients set");
    assertProblem("category: IPR", "retention_days: 1", ":8:", "clients set");
    assertProblem("handling: [H1]", "handling: H1", ":11:", "no list");
    assertProblem("handling: [H1]", "handling: [H7]", ":11:", "label.handling[0]");
    assertProblem("handling: [H1]", "personal_data: 'yes'", ":11:", "true or false");
    assertProblem("to: [sg.police]", "to: []", ":5:", "an empty list");
    assertProblem("outcome: PERMITTED, ", "", "expect.outcome", "missing");
    assertProblem(
        "PERMITTED, agreement: sample",
        "HELD, rule: sample/between",
        "expect.rule: with HELD",
        "valid: agreement; only a refusal has a code and a rule");
    assertProblem("PERMITTED", "REFUSED", "expect.agreement: with REFUSED", "valid: rule, which");
    assertProblem(
        "PERMITTED, agreement: sample",
        "REFUSED, rule: sample/parties",
        "expect.rule: no clause is named \"parties\"",
        "; did you mean \"between\"?");
    assertProblem(
        "PERMITTED, agreement: sample",
        "REFUSED, rule: sample/purpose",
        "expect.rule: no clause is named \"purpose\"",
        "valid: sample/ and one of between, categories, ");
    assertProblem("from: fr", "direction: INGRESS\n    from: fr", "label.agreement", "is missing");
  }

  private void assertProblem(String old, String wrong, String place, String words)
      throws IOException {
    assertTrue(ONE.contains(old), old);
    var invalid =
        assertInstanceOf(
            ExpectationSuite.LoadResult.Invalid.class, read(ONE.replace(old, wrong)), wrong);
    assertEquals(1, invalid.problems().size(), invalid.problems()::toString);
    ConfigProblem problem = invalid.problems().get(0);
    assertTrue(problem.toString().contains(place), problem::toString);
    assertTrue(problem.toString().contains(words), problem::toString);
  }

  private ExpectationSuite.LoadResult read(String text) throws IOException {
    Path file = Files.createTempFile(folder, "expectations", ".yaml");
    Files.writeString(file, text);
    return ExpectationSuite.read(List.of(file), NOW);
  }

  private ExpectationReport test(String text, String agreement) throws IOException {
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", agreement));
    var loaded = assertInstanceOf(ExpectationSuite.LoadResult.Loaded.class, read(text));
    return loaded.expectations().test(policy);
  }

  private ExpectationSuite loaded(String text) throws IOException {
    return assertInstanceOf(ExpectationSuite.LoadResult.Loaded.class, read(text)).expectations();
  }

  private static ExpectationSuite loaded(Path place) {
    ExpectationSuite.LoadResult loading = ExpectationSuite.read(List.of(place), NOW);
    return assertInstanceOf(ExpectationSuite.LoadResult.Loaded.class, loading, loading::toString)
        .expectations();
  }

  private static Map<String, Clause> byName(ExpectationReport report) {
    return report.clauses().stream().collect(Collectors.toMap(Clause::name, Function.identity()));
  }

  private static Clause clause(Map<String, Clause> clauses, String name) {
    Clause found = clauses.get(name);
    if (found == null) {
      throw new AssertionError(name + " is none of " + clauses.keySet());
    }
    return found;
  }
}
