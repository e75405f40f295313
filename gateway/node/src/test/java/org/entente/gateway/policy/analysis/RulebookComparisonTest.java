package org.entente.gateway.policy.analysis;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.entente.gateway.policy.analysis.RulebookComparison.Difference;
import org.entente.gateway.policy.analysis.RulebookComparison.Outcome;
import org.entente.gateway.policy.analysis.RulebookComparison.Relation;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.decide.RuleEvaluator;
import org.entente.gateway.policy.decide.Ruling;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.RecipientContent;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulebookComparisonTest {
  private static final String NO_DATA = "  personal_data: false";

  @TempDir Path folder;

  private Outcome compare(Map<String, String> current, Map<String, String> candidate) {
    return compare(current, candidate, RulebookComparison.DEFAULT_MOST);
  }

  private Outcome compare(Map<String, String> current, Map<String, String> candidate, long most) {
    Rulebook one = PolicyFixture.policy(folder, current).rulebook();
    Rulebook two = PolicyFixture.policy(folder, candidate).rulebook();
    Outcome outcome = new RulebookComparison(one, two, DemoMembership.demo(), FR, NOW).search(most);
    outcome.wider().ifPresent(it -> holds(it, one, two));
    outcome.narrower().ifPresent(it -> holds(it, one, two));
    return outcome;
  }

  /** A counterexample is one: both rulebooks, asked anew, say what it says they do. */
  private static void holds(Difference it, Rulebook one, Rulebook two) {
    RecipientContent content =
        it.namesPersons()
            ? RecipientContent.naming(it.label(), it.bodyBytes())
            : RecipientContent.unseen(it.label(), it.bodyBytes());
    Transfer transfer =
        new Transfer(it.label(), it.bodyBytes(), it.origin(), it.recipient(), it.at(), content);
    assertEquals(it.current().words(), words(one, it, transfer));
    assertEquals(it.candidate().words(), words(two, it, transfer));
  }

  private static String words(Rulebook rulebook, Difference it, Transfer transfer) {
    RuleEvaluator rules = new RuleEvaluator(rulebook, DemoMembership.demo());
    Ruling ruling = it.egress() ? rules.egress(transfer) : rules.underNamed(false, transfer);
    return TransferVerdict.of(ruling, it.egress(), it.label()).words();
  }

  private Outcome compare(String... replacements) {
    return compare(Map.of("a.yaml", sample()), Map.of("a.yaml", sample(replacements)));
  }

  @Test
  void sameRulesInOtherWords_areEquivalentAndProved() {
    Outcome outcome = compare("title: Sample", "title: The sample", "[IPR]", "[ IPR ]");
    assertEquals(Relation.EQUIVALENT, outcome.relation());
    assertEquals(List.of(), outcome.incomplete());
    assertTrue(outcome.other().isEmpty());
    assertTrue(outcome.tried() > 64);
  }

  @Test
  void whatIsCovered_moreOrLess_isWiderOrNarrowerWithAnExample() {
    Outcome wider = compare("[IPR]", "[IPR, CASH]");
    assertEquals(Relation.WIDER, wider.relation());
    Difference example = wider.wider().orElseThrow();
    assertEquals(org.entente.proto.v1.Category.CATEGORY_CASH, example.label().getCategory());
    assertEquals(TransferVerdict.Outcome.REFUSED, example.current().outcome());
    assertEquals(TransferVerdict.Outcome.PERMITTED, example.candidate().outcome());
    assertEquals(List.of(), wider.incomplete());

    assertEquals(Relation.NARROWER, compare("RESTRICTED", "UNCLASSIFIED").relation());
    assertEquals(Relation.WIDER, compare("[H1]", "[H1, H2]").relation());
    assertEquals(Relation.WIDER, compare("personal_data: false", "personal_data: true").relation());
    Outcome smaller = compare("max_message_bytes: 10000", "max_message_bytes: 9999");
    assertEquals(Relation.NARROWER, smaller.relation());
    assertEquals(10_000, smaller.narrower().orElseThrow().bodyBytes());
  }

  @Test
  void moreOfSomeAndLessOfOther_isDisjointWithAnExampleOfEach() {
    Outcome outcome = compare("[IPR]", "[CASH]");
    assertEquals(Relation.DISJOINT, outcome.relation());
    assertTrue(outcome.wider().isPresent());
    assertTrue(outcome.narrower().isPresent());
  }

  @Test
  void terms_areComparedToo() {
    Outcome longer = compare("retention_days: 90", "retention_days: 91");
    assertEquals(Relation.WIDER, longer.relation());
    assertEquals(Relation.NARROWER, compare("days: 10", "days: 9").relation());
    assertEquals(
        Relation.WIDER,
        compare("onward_transfer: NONE", "onward_transfer: WITH_CONSENT").relation());
    assertEquals(
        Relation.NARROWER,
        compare("onward_transfer: NONE", "onward_transfer: NONE\n  person_required: true")
            .relation());
    assertEquals(
        Relation.NARROWER,
        compare("onward_transfer: NONE", "onward_transfer: NONE\n  no_export: true").relation());
    Outcome held = compare("onward_transfer: NONE", "onward_transfer: NONE\n  four_eyes: true");
    assertEquals(Relation.NARROWER, held.relation());
    assertEquals(TransferVerdict.Outcome.HELD, held.narrower().orElseThrow().candidate().outcome());
  }

  /** The alert, which is covered likewise, has no such field. */
  @Test
  void fieldsThatOnlyOneKindHas_areCompared() {
    String kinds = "[ALERT, REQUEST]";
    String withheld = "redactions: [body.request.subjects.person]\nobligations:";
    String parties = "BOTH\n  parties:\n    - agency: fr.customs\n    - agency: sg.police";
    String oneWay = "ONE_WAY\n  from: [{agency: fr.customs}]\n  to: [{agency: sg.police}]";
    String sent =
        sample("[ALERT]", kinds, parties, oneWay, "personal_data: false", "personal_data: true");
    Map<String, String> all = Map.of("a.yaml", sent);
    Map<String, String> part = Map.of("a.yaml", sent.replace("obligations:", withheld));
    Outcome wider = compare(part, all);
    assertEquals(Relation.WIDER, wider.relation());
    assertEquals(
        org.entente.proto.v1.Kind.KIND_REQUEST, wider.wider().orElseThrow().label().getKind());
    assertEquals(Relation.NARROWER, compare(all, part).relation());
  }

  @Test
  void datesAtTheEdgesOfValidity_areTried() {
    Outcome longer = compare("2026-12-31", "2027-01-31");
    assertEquals(Relation.WIDER, longer.relation());
    assertEquals("2027-01-01T00:00:00Z", longer.wider().orElseThrow().at().toString());
    // What lies behind us is not compared: both were in force before now.
    assertEquals(Relation.EQUIVALENT, compare("from: 2026-01-01", "from: 2026-02-01").relation());
  }

  @Test
  void nodeRuleAndDirection_areCompared() {
    Map<String, String> plain = Map.of("a.yaml", sample());
    Map<String, String> ruled =
        Map.of(
            "a.yaml",
            sample(),
            "node-rules.yaml",
            """
            rules:
              - id: r
                when: INGRESS
                deny_if: label.classification > Classification.CLASSIFICATION_UNCLASSIFIED
                reason: why
            """);
    Outcome outcome = compare(plain, ruled);
    assertEquals(Relation.NARROWER, outcome.relation());
    Difference example = outcome.narrower().orElseThrow();
    assertFalse(example.egress());
    assertEquals(SG, example.origin());
    assertEquals("sample", example.label().getAgreement());
    assertEquals(Relation.WIDER, compare(ruled, plain).relation());
  }

  @Test
  void anotherAgreementOnTheSameTerms_isEquivalentAndSaid() {
    Outcome outcome =
        compare(
            Map.of("a.yaml", sample(), "z.yaml", sample("id: sample", "id: z")),
            Map.of(
                "b.yaml",
                sample("id: sample", "id: a"),
                "a.yaml",
                sample(),
                "z.yaml",
                sample("id: sample", "id: z")));
    assertEquals(List.of("under sample -> a"), outcome.other().orElseThrow().how());
    assertTrue(outcome.narrower().isEmpty());
    // At the recipient, what names the new agreement is taken now.
    assertEquals(Relation.WIDER, outcome.relation());
  }

  @Test
  void condition_onTexts_isSearchedByItsConstantsAndNoProof() {
    Outcome outcome =
        compare(NO_DATA, NO_DATA + "\n  condition: label.case_ref.startsWith('DNRED')");
    assertEquals(Relation.NARROWER, outcome.relation());
    assertTrue(
        outcome.incomplete().stream().anyMatch(it -> it.contains("case_ref")),
        outcome.incomplete()::toString);
  }

  /** Whatever was not tried: neither message can be explained away. */
  @Test
  void disjoint_isProvenByItsTwoMessages() {
    String condition = NO_DATA + "\n  condition: label.case_ref != 'closed'";
    Outcome outcome =
        compare(
            Map.of("a.yaml", sample(NO_DATA, condition)),
            Map.of("a.yaml", sample(NO_DATA, condition, "[IPR]", "[CASH]")));
    assertEquals(Relation.DISJOINT, outcome.relation());
    assertEquals(List.of(), outcome.incomplete());
  }

  @Test
  void moreThanCanBeTried_isDrawnAndSaid() {
    Map<String, String> demo = Map.of("a.yaml", sample());
    Outcome outcome = compare(demo, Map.of("a.yaml", sample("[IPR]", "[IPR, CASH]")), 400);
    assertEquals(Relation.WIDER, outcome.relation());
    assertEquals(400, outcome.tried());
    assertTrue(outcome.incomplete().get(0).startsWith("400 combinations of about 1152 "));
  }

  @Test
  void shippedRules_againstThemselvesWithOneChange_areTold() {
    Rulebook shipped = PolicyFixture.demo().rulebook();
    List<Agreement> without =
        shipped.agreements().stream().filter(it -> !it.id().equals("fr-sg-ipr")).toList();
    Rulebook candidate = new Rulebook("candidate", without, shipped.nodeRules(), shipped.codes());
    Outcome outcome =
        new RulebookComparison(shipped, candidate, DemoMembership.demo(), FR, NOW).search(20_000);
    assertEquals(Relation.NARROWER, outcome.relation());
    assertEquals(
        "fr-sg-ipr", outcome.narrower().orElseThrow().current().agreement().orElseThrow().id());
    assertFalse(outcome.incomplete().isEmpty(), "too many labels for a proof");
  }
}
