package org.entente.loadtests.scenario.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.analysis.ClauseCoverage.Clause;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.analysis.RulebookComparison.Difference;
import org.entente.gateway.policy.analysis.RulebookComparison.Outcome;
import org.entente.gateway.policy.analysis.RulebookComparison.Relation;
import org.entente.gateway.policy.decide.Residual;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.loadtests.scenario.policy.PolicyDiffEntry;
import org.entente.loadtests.scenario.policy.PolicyExplainEntry;
import org.entente.loadtests.scenario.policy.PolicyTestEntry;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a policy step takes for what it expects, and above all what it does not. */
final class PolicyEntriesTest {
  private static final AgencyName CUSTOMS = new AgencyName("nl.customs");
  private static final AgencyName POLICE = new AgencyName("nl.police");
  private static final TransferVerdict REFUSED =
      new TransferVerdict(
          TransferVerdict.Outcome.REFUSED, Optional.empty(), Optional.empty(), List.of());
  private static final TransferVerdict PERMITTED =
      new TransferVerdict(
          TransferVerdict.Outcome.PERMITTED, Optional.empty(), Optional.empty(), List.of());

  @Test
  void test_isAsExpected_onlyIfExactlyTheseAreNotMet() {
    assertEquals(true, tested(true, new PolicyTestEntry("f", null, null, null)));
    assertEquals(false, tested(false, new PolicyTestEntry("f", null, null, null)));
    assertEquals(true, tested(false, new PolicyTestEntry("f", List.of("cash"), null, null)));
    assertEquals(false, tested(true, new PolicyTestEntry("f", List.of("cash"), null, null)));
    assertEquals(false, tested(false, new PolicyTestEntry("f", List.of("arms"), null, null)));
  }

  @Test
  void coverage_isAsExpected_onlyIfExactlyThatIsMissing() {
    assertEquals(true, covered("sample", List.of("handling never failed")));
    assertEquals(false, covered("sample", List.of()));
    assertEquals(false, covered("sample", List.of("handling never failed", "kinds never failed")));
    assertEquals(true, covered("complete", List.of()));
  }

  @Test
  void coverage_ofAnAgreementThatIsNotThere_isNotComplete() {
    assertEquals(false, covered("sampl", List.of()));
    assertEquals(false, covered("", List.of()));
  }

  @Test
  void diff_isAsExpected_onlyWithRelationProofAndMessage() {
    assertEquals(true, compared(Relation.WIDER, true, "CASH", "PERMITTED under "));
    assertEquals(false, compared(Relation.DISJOINT, true, "CASH", "PERMITTED under "));
    assertEquals(false, compared(Relation.WIDER, false, "CASH", "PERMITTED under "));
    assertEquals(false, compared(Relation.WIDER, true, "IPR", "PERMITTED under "));
    assertEquals(false, compared(Relation.WIDER, true, "CASH", "REFUSED under "));
  }

  @Test
  void diff_equivalentButUnderAnotherAgreement_isNotEquivalent() {
    StepFindings findings = new StepFindings();
    new PolicyDiffEntry(Relation.EQUIVALENT, true, null, null, null)
        .compare(outcome(Relation.EQUIVALENT, null, difference()), findings);
    assertEquals(false, ok(findings));
  }

  @Test
  void diff_withoutTheMessageThatItShouldShow_isNotAsExpected() {
    StepFindings findings = new StepFindings();
    entry(Relation.WIDER, true, "CASH", "PERMITTED under ")
        .compare(outcome(Relation.WIDER, null, null), findings);
    assertEquals(false, ok(findings));
  }

  @Test
  void explain_isAsExpected_onlyWithTypeAndEachCondition() {
    Map<String, String> both = Map.of("label.x", "PERMITTED under ", "!label.x", "REFUSED under ");
    assertEquals(true, explained("bool", both));
    assertEquals(false, explained("string", both));
    assertEquals(false, explained("bool", Map.of("label.x", "PERMITTED under ")));
    assertEquals(
        false,
        explained("bool", Map.of("label.x", "REFUSED under ", "!label.x", "PERMITTED under ")));
  }

  private static boolean tested(boolean met, PolicyTestEntry entry) {
    ExpectationReport.Result result =
        new ExpectationReport.Result(
            "f.yaml", 3, "cash", CUSTOMS, POLICE, met, "REFUSED", "PERMITTED", List.of());
    StepFindings findings = new StepFindings();
    entry.compare(new ExpectationReport("1", List.of(result), List.of()), findings);
    return ok(findings);
  }

  private static boolean covered(String agreement, List<String> missing) {
    List<Clause> clauses =
        List.of(
            new Clause("sample/kinds", 2, 1, true),
            new Clause("sample/handling", 3, 0, true),
            new Clause("complete/kinds", 2, 1, true));
    StepFindings findings = new StepFindings();
    new PolicyTestEntry("f", null, Map.of(agreement, missing), null)
        .compare(new ExpectationReport("1", List.of(), clauses), findings);
    return ok(findings);
  }

  private static boolean compared(
      Relation relation, boolean exhaustive, String category, String draft) {
    StepFindings findings = new StepFindings();
    entry(relation, exhaustive, category, draft)
        .compare(outcome(Relation.WIDER, difference(), null), findings);
    return ok(findings);
  }

  private static PolicyDiffEntry entry(
      Relation relation, boolean exhaustive, String category, String draft) {
    PolicyDiffEntry.Example example =
        new PolicyDiffEntry.Example(
            "nl.customs", "nl.police", Map.of("category", category), "REFUSED under ", draft);
    return new PolicyDiffEntry(relation, exhaustive, null, example, null);
  }

  private static Outcome outcome(
      Relation relation, @Nullable Difference wider, @Nullable Difference other) {
    return new Outcome(
        relation,
        Optional.ofNullable(wider),
        Optional.empty(),
        Optional.ofNullable(other),
        10,
        List.of());
  }

  private static Difference difference() {
    return new Difference(
        true,
        CUSTOMS,
        POLICE,
        Label.newBuilder().setCategory(Category.CATEGORY_CASH).build(),
        0,
        false,
        Instant.EPOCH,
        REFUSED,
        PERMITTED,
        List.of());
  }

  private static boolean explained(String type, Map<String, String> branches) {
    Residual residual =
        new Residual(
            POLICE,
            "x",
            "bool",
            List.of(
                new Residual.Branch("label.x", PERMITTED),
                new Residual.Branch("!label.x", REFUSED)),
            true);
    StepFindings findings = new StepFindings();
    new PolicyExplainEntry(Map.of(), List.of("nl.police"), "x", type, Map.of("nl.police", branches))
        .compare(List.of(residual), findings);
    return ok(findings);
  }

  private static boolean ok(StepFindings findings) {
    return findings.all().stream().allMatch(StepFindings.Finding::ok);
  }
}
