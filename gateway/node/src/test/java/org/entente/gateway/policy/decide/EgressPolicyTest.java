package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.trust.AgencyKind;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class EgressPolicyTest {
  private static final Policy DEMO = PolicyFixture.demo();

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> demo_pair_isDecided() {
    Consumer<Label.Builder> ipr = label -> {};
    Consumer<Label.Builder> hazardous =
        label ->
            label
                .setCategory(Category.CATEGORY_HAZARDOUS)
                .setPurpose(Purpose.PURPOSE_PRODUCT_SAFETY);
    Consumer<Label.Builder> narcotics =
        label ->
            label
                .setCategory(Category.CATEGORY_NARCOTICS)
                .setPurpose(Purpose.PURPOSE_CRIME_PREVENTION);
    Consumer<Label.Builder> warning =
        label ->
            label
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
    return Stream.of(
        row("IPR within the EU", ipr, FR, DE, "eu-customs-cooperation"),
        row("IPR to Singapore", ipr, FR, SG, "fr-sg-ipr"),
        row("IPR from Singapore", ipr, SG, FR, "fr-sg-ipr"),
        row("IPR to the US", ipr, FR, US, "NOT_COVERED fr-us-imminent-threat/categories"),
        row("IPR of Germany to Singapore", ipr, DE, SG, "NOT_COVERED public-warnings/categories"),
        row("hazardous within the EU", hazardous, DE, FR, "eu-product-safety"),
        row("hazardous to the US", hazardous, FR, US, "eu-us-narcotics-hazardous"),
        row("hazardous from the US", hazardous, US, DE, "eu-us-narcotics-hazardous"),
        row("hazardous to Singapore", hazardous, FR, SG, "NOT_COVERED fr-sg-ipr/categories"),
        row("narcotics to the US", narcotics, DE, US, "eu-us-narcotics-hazardous"),
        row("narcotics within the EU", narcotics, DE, FR, "eu-customs-cooperation"),
        row(
            "narcotics to Singapore",
            narcotics,
            FR,
            SG,
            "NOT_COVERED fr-sg-controlled-delivery/kinds"),
        row("warning to Singapore", warning, DE, SG, "public-warnings"),
        row("warning from Singapore to the US", warning, SG, US, "public-warnings"),
        row("warning to France", warning, US, FR, "public-warnings"));
  }

  private static DynamicTest row(
      String name,
      Consumer<Label.Builder> change,
      AgencyName origin,
      AgencyName recipient,
      String expected) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Label.Builder label = label();
          change.accept(label);
          PolicyDecision decision =
              DEMO.egress().decide(checked(label, recipient.value()), origin, NOW);
          String found =
              decision.permits().isEmpty()
                  ? decision.refusals().get(0).code() + " " + decision.refusals().get(0).rule()
                  : decision.permits().get(0).agreement();
          assertEquals(expected, found);
        });
  }

  @TestFactory
  Stream<DynamicTest> sample_eachTest_refusesWithItsCodeRuleAndReason() {
    return Stream.of(
        refused(
            "kinds",
            Code.NOT_COVERED,
            "kind INTELLIGENCE; this agreement covers ALERT",
            label -> label.setKind(Kind.KIND_INTELLIGENCE)),
        refused(
            "categories",
            Code.NOT_COVERED,
            "category CASH; this agreement covers IPR",
            label -> label.setCategory(Category.CATEGORY_CASH)),
        refused(
            "purposes",
            Code.NOT_COVERED,
            "purpose CUSTOMS_CONTROL; this agreement covers IPR_ENFORCEMENT",
            label -> label.setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL)),
        refused(
            "classification_ceiling",
            Code.ABOVE_CEILING,
            "classification SECRET; this agreement covers at most RESTRICTED",
            label -> label.setClassification(Classification.CLASSIFICATION_SECRET)),
        refused(
            "handling",
            Code.NOT_COVERED,
            "handling H2; this agreement covers H1",
            label -> label.addHandling(Handling.HANDLING_H2)),
        refused(
            "personal_data",
            Code.PERSONAL_DATA_REFUSED,
            "the message contains personal data, which this agreement does not cover",
            label -> label.setPersonalData(true)));
  }

  private DynamicTest refused(
      String field, Code code, String reason, Consumer<Label.Builder> change) {
    return DynamicTest.dynamicTest(
        field,
        () -> {
          Label.Builder label = label();
          change.accept(label);
          Refusal refusal = onlyRefusal(sample(), label, FR);
          assertEquals(new Refusal("sg.police", code, "sample/" + field, reason), refusal);
        });
  }

  private Refusal onlyRefusal(String agreement, Label.Builder label, AgencyName origin) {
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", agreement));
    Draft.Builder draft = draft(label, origin.equals(SG) ? "fr.customs" : "sg.police");
    if (label.getKind() == Kind.KIND_INTELLIGENCE) {
      draft.getBodyBuilder().getIntelligenceBuilder().setHeadline("H").setLanguage("en");
    }
    PolicyDecision decision = policy.egress().decide(checked(draft), origin, NOW);
    assertEquals(PolicyDecision.Outcome.REFUSED, decision.outcome());
    assertEquals(1, decision.refusals().size());
    return decision.refusals().get(0);
  }

  @Test
  void sample_bodyOverLimit_isRefused() {
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", sample()));
    Draft.Builder draft = draft(label(), "sg.police");
    draft.getBodyBuilder().getAlertBuilder().getTextsBuilder(0).setDescription("x".repeat(9_990));
    Refusal refusal = policy.egress().decide(checked(draft), FR, NOW).refusals().get(0);
    assertEquals(Code.TOO_LARGE, refusal.code());
    assertEquals("sample/max_message_bytes", refusal.rule());
    assertTrue(refusal.reason().contains("10000"), refusal.reason());
  }

  @Test
  void agreement_endedOrNotYetInForce_isNoAgreement() {
    Refusal ended = onlyRefusal(sample("2026-12-31", "2026-05-31"), label(), FR);
    assertEquals(
        new Refusal(
            "sg.police", Code.NO_AGREEMENT, "sample/valid", "this agreement ended on 2026-05-31"),
        ended);
    Refusal early = onlyRefusal(sample("2026-01-01", "2026-06-02"), label(), FR);
    assertEquals(Code.NO_AGREEMENT, early.code());
    assertTrue(early.reason().contains("in force from 2026-06-02"), early.reason());
  }

  @Test
  void agreement_onItsLastDay_isInForceUntilMidnight() {
    Policy policy =
        PolicyFixture.policy(folder, Map.of("a.yaml", sample("2026-12-31", "2026-06-01")));
    CheckedDraft draft = checked(label(), "sg.police");
    Instant midnight = Instant.parse("2026-06-02T00:00:00Z");
    assertEquals(
        PolicyDecision.Outcome.ACCEPTED,
        policy.egress().decide(draft, FR, midnight.minusMillis(1)).outcome());
    assertEquals(
        PolicyDecision.Outcome.REFUSED, policy.egress().decide(draft, FR, midnight).outcome());
  }

  @Test
  void condition_falseOrNotEvaluable_isRefused() {
    String condition = "  personal_data: false\n  condition: ";
    Refusal isFalse =
        onlyRefusal(
            sample("  personal_data: false", condition + "label.case_ref.startsWith('IPR-')"),
            label(),
            FR);
    assertEquals(
        new Refusal(
            "sg.police",
            Code.CONDITION_FALSE,
            "sample/condition",
            "this agreement requires label.case_ref.startsWith('IPR-')"),
        isFalse);
    Refusal failed =
        onlyRefusal(
            sample("  personal_data: false", condition + "int(label.case_ref) == 7"), label(), FR);
    assertEquals(Code.CONDITION_FAILED, failed.code());
    assertEquals("sample/condition", failed.rule());
    assertTrue(
        failed.reason().startsWith("the condition on label.case_ref cannot be evaluated: "),
        failed.reason());
  }

  /** Rule and fields, of a node's rule as of an agreement's condition. */
  @Test
  void nodeRule_thatCannotBeEvaluated_refusesNamingRuleAndFields() {
    String rules =
        """
        rules:
          - id: numbered
            when: EGRESS
            deny_if: int(label.case_ref) == 7 || label.source_ref == 'x'
            reason: why
        """;
    Refusal failed =
        PolicyFixture.policy(folder, Map.of("a.yaml", sample(), "node-rules.yaml", rules))
            .egress()
            .decide(checked(label(), "sg.police"), FR, NOW)
            .refusals()
            .get(0);
    assertEquals(Code.CONDITION_FAILED, failed.code());
    assertEquals("node/numbered", failed.rule());
    assertTrue(
        failed
            .reason()
            .startsWith(
                "this node's rule on label.case_ref, label.source_ref cannot be evaluated: "),
        failed.reason());
  }

  @Test
  void conditionThatCannotBeEvaluated_isNotSkippedForAnAgreementThatPermits() {
    String condition =
        sample(
            "  personal_data: false",
            "  personal_data: false\n  condition: int(label.case_ref) == 7");
    String permits = sample("id: sample", "id: zz-later");
    PolicyDecision decision =
        PolicyFixture.policy(folder, Map.of("a.yaml", permits, "b.yaml", condition))
            .egress()
            .decide(checked(label(), "sg.police"), FR, NOW);
    assertEquals(PolicyDecision.Outcome.REFUSED, decision.outcome());
    assertEquals(Code.CONDITION_FAILED, decision.refusals().get(0).code());
    assertEquals("sample/condition", decision.refusals().get(0).rule());
    String reason = decision.refusals().get(0).reason();
    assertTrue(reason.contains("label.case_ref"), reason);
  }

  @Test
  void customsToPolice_purposeChangeNotAllowed_isRefusedOneWayOnly() {
    // Singapore's agency is police only since the rulebook was loaded.
    Membership before = DemoMembership.demo().with("sg.police", "SG", AgencyKind.CUSTOMS);
    Rulebook rulebook =
        PolicyFixture.rulebook(
            PolicyFixture.load(
                folder, Map.of("a.yaml", sample("  purpose_change: true\n", "")), before));
    Policy policy = new Policy(rulebook, DemoMembership.demo(), 10);
    Refusal refusal =
        policy.egress().decide(checked(label(), "sg.police"), FR, NOW).refusals().get(0);
    assertEquals(Code.NOT_COVERED, refusal.code());
    assertEquals("sample/purpose_change", refusal.rule());
    PolicyDecision back = policy.egress().decide(checked(label(), "fr.customs"), SG, NOW);
    assertEquals(PolicyDecision.Outcome.ACCEPTED, back.outcome());
  }

  @Test
  void pair_coveredByNothing_isNoAgreement() {
    Refusal refusal =
        PolicyFixture.policy(folder, Map.of("a.yaml", sample()))
            .egress()
            .decide(checked(label(), "us.cbp"), DE, NOW)
            .refusals()
            .get(0);
    assertEquals(
        new Refusal("us.cbp", Code.NO_AGREEMENT, "", "no agreement covers de.customs to us.cbp"),
        refusal);
  }

  @Test
  void agreement_oneWay_refusesTheOtherWay() {
    String oneWay =
        sample(
            "direction: BOTH",
            "direction: ONE_WAY",
            "  parties:\n    - agency: fr.customs\n    - agency: sg.police",
            "  from: [ { agency: fr.customs } ]\n  to: [ { jurisdiction: SG } ]");
    assertEquals(Code.NO_AGREEMENT, onlyRefusal(oneWay, label(), SG).code());
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", oneWay));
    assertEquals(
        PolicyDecision.Outcome.ACCEPTED,
        policy.egress().decide(checked(label(), "sg.police"), FR, NOW).outcome());
  }

  @Test
  void agreementNamed_onlyThatOneIsAsked() {
    Label.Builder label = label().setAgreement("fr-sg-ipr");
    PolicyDecision decision =
        DEMO.egress().decide(checked(label, "sg.police", "de.customs"), FR, NOW);
    assertEquals(1, decision.permits().size());
    assertEquals(Code.AGREEMENT_NAMED_REFUSES, decision.refusals().get(0).code());
    assertEquals("fr-sg-ipr/between", decision.refusals().get(0).rule());
    Refusal unknown =
        DEMO.egress()
            .decide(checked(label().setAgreement("no-such"), "sg.police"), FR, NOW)
            .refusals()
            .get(0);
    assertEquals(Code.AGREEMENT_NAMED_REFUSES, unknown.code());
    assertTrue(unknown.reason().contains("not known here"), unknown.reason());
    Refusal ofOthers =
        DEMO.egress()
            .decide(checked(label().setAgreement("de-us-order-ivory"), "us.cbp"), FR, NOW)
            .refusals()
            .get(0);
    assertEquals(
        unknown.reason().replace("no-such", "de-us-order-ivory"),
        ofOthers.reason(),
        "clients learn nothing of agreements to which their agency is no party");
    Refusal other =
        DEMO.egress()
            .decide(
                checked(
                    label().setAgreement("fr-sg-ipr").setCategory(Category.CATEGORY_CASH),
                    "sg.police"),
                FR,
                NOW)
            .refusals()
            .get(0);
    assertEquals(Code.AGREEMENT_NAMED_REFUSES, other.code());
    assertEquals("fr-sg-ipr/categories", other.rule());
  }

  @Test
  void addressing_everyForm_isExpandedWithoutTheSender() {
    assertEquals(List.of("de.customs"), permitted(Addressing.newBuilder().addJurisdictions("EU")));
    assertEquals(
        List.of("de.customs", "sg.police"),
        permitted(Addressing.newBuilder().setWhomAgreementsAllow(true)));
    assertEquals(
        List.of("de.customs", "sg.police"),
        permitted(Addressing.newBuilder().addAgencies("sg.police").addJurisdictions("DE")));
  }

  private static List<String> permitted(Addressing.Builder to) {
    PolicyDecision decision = DEMO.egress().decide(checked(draft(label()).setTo(to)), FR, NOW);
    assertEquals(List.of(), decision.refusals());
    return decision.permits().stream().map(permit -> permit.recipient().value()).toList();
  }

  @Test
  void addressing_thatLeadsToNobody_isRefusedByPart() {
    Addressing.Builder to =
        Addressing.newBuilder()
            .addAgencies("fr.customs")
            .addAgencies("x.hub")
            .addAgencies("jp.customs")
            .addJurisdictions("JP")
            .addJurisdictions("NATO");
    List<Refusal> refusals =
        DEMO.egress().decide(checked(draft(label()).setTo(to)), FR, NOW).refusals();
    assertEquals(
        List.of(
            "fr.customs NO_RECIPIENT",
            "x.hub UNKNOWN_RECIPIENT",
            "jp.customs UNKNOWN_RECIPIENT",
            "JP NO_RECIPIENT",
            "NATO UNKNOWN_RECIPIENT"),
        refusals.stream().map(it -> it.recipient() + " " + it.code()).toList());
    assertTrue(refusals.get(4).reason().contains("APEC, EU"));
  }

  @Test
  void addressing_ownJurisdictionOrNobodyAllowed_isNoRecipient() {
    Draft.Builder own = draft(label()).setTo(Addressing.newBuilder().addJurisdictions("FR"));
    assertEquals(
        List.of("NO_RECIPIENT"),
        DEMO.egress().decide(checked(own), FR, NOW).refusals().stream()
            .map(it -> it.code().name())
            .toList());
    Draft.Builder nobody =
        draft(label().setCategory(Category.CATEGORY_TRAFFICKING))
            .setTo(Addressing.newBuilder().setWhomAgreementsAllow(true));
    PolicyDecision decision = DEMO.egress().decide(checked(nobody), FR, NOW);
    assertEquals(Code.NO_RECIPIENT, decision.refusals().get(0).code());
    assertEquals("", decision.refusals().get(0).recipient());
    assertThrows(IllegalStateException.class, () -> decision.permitted(id()));
  }

  @Test
  void nodeRule_deniesWhatAnAgreementPermits() {
    Label.Builder urgent =
        label()
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_CONTROLLED_DELIVERY)
            .setLane(org.entente.proto.v1.Lane.LANE_ROUTINE);
    Refusal refusal =
        DEMO.egress().decide(checked(urgent, "de.customs"), FR, NOW).refusals().get(0);
    assertEquals(Code.NODE_RULE, refusal.code());
    assertEquals("node/covert-operations-are-urgent", refusal.rule());
    assertTrue(refusal.reason().contains("FLASH"), refusal.reason());
    Label.Builder fast = urgent.setLane(org.entente.proto.v1.Lane.LANE_FLASH);
    assertEquals(
        PolicyDecision.Outcome.ACCEPTED,
        DEMO.egress().decide(checked(fast, "de.customs"), FR, NOW).outcome());
  }

  @Test
  void fourEyes_oneRecipient_holdsTheDraft() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                    sample("onward_transfer: NONE", "onward_transfer: NONE\n  four_eyes: true"),
                "b.yaml", sample("id: sample", "id: b", "agency: sg.police", "agency: us.cbp")));
    PolicyDecision decision =
        policy.egress().decide(checked(label(), "sg.police", "us.cbp"), FR, NOW);
    assertEquals(PolicyDecision.Outcome.HELD, decision.outcome());
    assertEquals(2, decision.permits().size());
    assertTrue(decision.holdReason().orElseThrow().contains("sample"));
    assertThrows(IllegalStateException.class, () -> decision.permitted(id()));
  }

  @Test
  void personRequired_draftThatDoesNotSayWhoAndWhy_isRefusedUnderThatAgreementOnly() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                    sample(
                        "onward_transfer: NONE", "onward_transfer: NONE\n  person_required: true"),
                "b.yaml", sample("id: sample", "id: b", "agency: sg.police", "agency: us.cbp")));
    OnBehalfOf officer = OnBehalfOf.newBuilder().setOfficer("FR-7").build();
    for (OnBehalfOf lacking : List.of(OnBehalfOf.getDefaultInstance(), officer)) {
      PolicyDecision decision = policy.egress().decide(by(lacking, "sg.police", "us.cbp"), FR, NOW);
      assertEquals(
          List.of("us.cbp"),
          decision.permits().stream().map(permit -> permit.recipient().value()).toList());
      Refusal refusal = decision.refusals().get(0);
      assertEquals("sg.police", refusal.recipient());
      assertEquals(Code.PERSON_REQUIRED, refusal.code());
      assertEquals("sample/person_required", refusal.rule());
    }
    Draft.Builder whom = PolicyFixture.draft(label());
    whom.getToBuilder().setWhomAgreementsAllow(true);
    PolicyDecision unnamed = policy.egress().decide(PolicyFixture.checked(whom), FR, NOW);
    assertEquals(
        List.of(Code.PERSON_REQUIRED), unnamed.refusals().stream().map(Refusal::code).toList());
    OnBehalfOf both = officer.toBuilder().setJustification("case 12").build();
    assertEquals(
        2, policy.egress().decide(by(both, "sg.police", "us.cbp"), FR, NOW).permits().size());
  }

  private static CheckedDraft by(OnBehalfOf person, String... agencies) {
    return PolicyFixture.checked(PolicyFixture.draft(label(), agencies).setOnBehalfOf(person));
  }

  @Test
  void permitted_severalAgreements_oneMessageEachWithTheSameId() {
    PolicyDecision decision =
        DEMO.egress()
            .decide(
                checked(label().setStatus(Status.STATUS_EXERCISE), "sg.police", "de.customs"),
                FR,
                NOW);
    List<Permitted> permitted = decision.permitted(id());
    assertEquals(
        List.of("eu-customs-cooperation", "fr-sg-ipr"),
        permitted.stream().map(Permitted::agreement).toList());
    Permitted toSingapore = permitted.get(1);
    Label label = toSingapore.label();
    assertEquals(List.of(new Permit(SG, "fr-sg-ipr", 180, DEMO.version())), toSingapore.permits());
    assertEquals(id(), MessageId.of(label.getMessageId().toByteArray()));
    assertEquals(id(), permitted.get(0).messageId());
    assertEquals("fr.customs", label.getOrigin());
    assertEquals("fr-sg-ipr", label.getAgreement());
    assertEquals(180, label.getRetentionDays());
    assertEquals(NOW.getEpochSecond(), label.getCreatedAt().getSeconds());
    assertEquals(NOW.plus(Duration.ofDays(14)), toSingapore.expires());
    assertEquals(Lane.ROUTINE, toSingapore.lane());
    assertTrue(toSingapore.exercise());
    assertEquals(
        List.of(), new LabelCheck(MessageLimits.defaults()).received(label, toSingapore.body()));
  }

  @Test
  void permitted_expiry_isTheEarliestOfAskedGrantedAndEnd() {
    Policy policy =
        PolicyFixture.policy(folder, Map.of("a.yaml", sample("2026-12-31", "2026-06-05")));
    assertEquals(Instant.parse("2026-06-06T00:00:00Z"), expiry(policy, label()));
    Timestamp asked = Timestamp.newBuilder().setSeconds(NOW.getEpochSecond() + 3600).build();
    assertEquals(NOW.plusSeconds(3600), expiry(policy, label().setExpiresAt(asked)));
    Timestamp late = Timestamp.newBuilder().setSeconds(NOW.getEpochSecond() + 99_999_999).build();
    Policy longer = PolicyFixture.policy(folder, Map.of("a.yaml", sample()));
    assertEquals(NOW.plus(Duration.ofDays(10)), expiry(longer, label().setExpiresAt(late)));
  }

  private static Instant expiry(Policy policy, Label.Builder label) {
    return policy
        .egress()
        .decide(checked(label, "sg.police"), FR, NOW)
        .permitted(id())
        .get(0)
        .expires();
  }

  @Test
  void recheck_agreementEndedOrWithdrawnWhileQueued_isAgreementEnded() {
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", sample()));
    Permitted queued =
        policy.egress().decide(checked(label(), "sg.police"), FR, NOW).permitted(id()).get(0);
    assertTrue(recheck(policy, queued, NOW).isEmpty());
    Instant later = Instant.parse("2027-01-01T00:00:00Z");
    assertEquals(Code.AGREEMENT_ENDED, recheck(policy, queued, later).orElseThrow().code());
    Policy withdrawn = PolicyFixture.policy(folder, Map.of());
    assertEquals(Code.AGREEMENT_ENDED, recheck(withdrawn, queued, NOW).orElseThrow().code());
    Policy shorter =
        PolicyFixture.policy(
            folder, Map.of("a.yaml", sample("retention_days: 90", "retention_days: 30")));
    assertEquals("sample/retention_days", recheck(shorter, queued, NOW).orElseThrow().rule());
  }

  private static java.util.Optional<Refusal> recheck(Policy policy, Permitted it, Instant now) {
    return policy
        .egress()
        .recheck(PolicyFixture.waiting(it.label(), it.body().size()), FR, SG, now);
  }

  @Test
  void emptyFolder_everything_isRefused() {
    Policy none = PolicyFixture.policy(folder, Map.of());
    for (AgencyName origin : none.membership().agencies()) {
      for (Category category : Category.values()) {
        if (category == Category.UNRECOGNIZED || category.getNumber() == 0) {
          continue;
        }
        Draft.Builder draft =
            draft(label().setCategory(category), "fr.customs", "de.customs", "sg.police", "us.cbp");
        draft.getToBuilder().setWhomAgreementsAllow(true);
        PolicyDecision decision = none.egress().decide(checked(draft), origin, NOW);
        assertEquals(PolicyDecision.Outcome.REFUSED, decision.outcome());
        assertEquals(List.of(), decision.permits());
        assertEquals(4, decision.refusals().size());
      }
    }
  }

  private static MessageId id() {
    return MessageId.parse("0198c0ffee0070008000000000000001");
  }
}
