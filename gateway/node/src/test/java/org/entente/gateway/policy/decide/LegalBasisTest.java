package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.CONFIG;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.policy.terms.Law.Instrument;
import org.entente.gateway.policy.terms.Law.TransferBasis;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.trust.AgencyKind;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Certainty;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Urgency;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of legal basis carries, and what it does not: by decisions, not by loading. */
class LegalBasisTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("flight in the air").build();
  private static final String ORDER_TEXT = "Not to be used against the witness (order, no. 3)";

  @TempDir private Path folder;

  /** Each instrument with each basis that it may have: what is personal goes under it, or not. */
  @TestFactory
  Stream<DynamicTest> instrumentAndBasis_decidePersonalData() {
    return EnumSet.allOf(Instrument.class).stream()
        .flatMap(
            instrument ->
                EnumSet.of(
                        TransferBasis.ADEQUACY, TransferBasis.SAFEGUARDS, TransferBasis.DEROGATION)
                    .stream()
                    .map(
                        basis ->
                            DynamicTest.dynamicTest(
                                instrument + " " + basis, () -> decides(instrument, basis))));
  }

  private void decides(Instrument instrument, TransferBasis basis) {
    boolean carries = instrument != Instrument.MOU;
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                PolicyFixture.sample(
                    "instrument: TREATY", "instrument: " + instrument,
                    "transfer_basis: SAFEGUARDS", "transfer_basis: " + basis,
                    "personal_data: false", "personal_data: " + carries)));
    Label.Builder personal = PolicyFixture.label().setPersonalData(true);
    PolicyDecision decision = decide(policy, FR, PolicyFixture.draft(personal, SG.value()));
    if (carries) {
      assertEquals(List.of(), decision.refusals());
      assertEquals("sample", decision.permits().get(0).agreement());
    } else {
      assertEquals(Code.PERSONAL_DATA_REFUSED, only(decision).code());
      assertEquals("sample/personal_data", only(decision).rule());
    }
    PolicyDecision other =
        decide(policy, FR, PolicyFixture.draft(PolicyFixture.label(), SG.value()));
    assertEquals(List.of(), other.refusals(), "what touches nobody's rights goes under any");
    assertEquals(
        instrument, policy.rulebook().agreement("sample").orElseThrow().law().instrument());
  }

  /** INTERNAL is for one legal order; within it personal data go, across it they are refused. */
  @Test
  void internalBasis_carriesPersonalDataWithinOneLegalOrderOnly() {
    String within =
        PolicyFixture.sample(
            "transfer_basis: SAFEGUARDS", "transfer_basis: INTERNAL",
            "  purpose_change: true\n", "",
            "    - agency: fr.customs\n    - agency: sg.police\n",
                "    - group: EU\n      authorities: [CUSTOMS]\n      among_themselves: true\n",
            "personal_data: false", "personal_data: true");
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", within));
    Label.Builder personal = PolicyFixture.label().setPersonalData(true);
    assertEquals(
        List.of(), decide(policy, FR, PolicyFixture.draft(personal, DE.value())).refusals());
    Refusal across = only(decide(policy, FR, PolicyFixture.draft(personal, SG.value())));
    assertEquals(Code.NO_AGREEMENT, across.code());
  }

  /** Two members of the Union, named: under an act of the Union they are in one legal order. */
  @Test
  void internalBasis_betweenNamedAgencies_needsAnActOfTheUnionOrOneState() {
    String named =
        PolicyFixture.sample(
            "transfer_basis: SAFEGUARDS", "transfer_basis: INTERNAL",
            "  purpose_change: true\n", "",
            "agency: sg.police", "agency: de.customs",
            "personal_data: false", "personal_data: true");
    String act = named.replace("instrument: TREATY", "instrument: EU_ACT");
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", act));
    Label.Builder personal = PolicyFixture.label().setPersonalData(true);
    assertEquals(
        List.of(), decide(policy, FR, PolicyFixture.draft(personal, DE.value())).refusals());
    assertRefusedBetween(named, DE);
    assertRefusedBetween(act.replace("agency: de.customs", "agency: " + US), US);
  }

  /** An agency that leaves the Union leaves its legal order with the next bundle, not a start. */
  @Test
  void internalBasis_ofAnAgencyThatLeavesTheUnion_endsWithItsMembership() {
    String act =
        PolicyFixture.sample(
            "instrument: TREATY", "instrument: EU_ACT",
            "transfer_basis: SAFEGUARDS", "transfer_basis: INTERNAL",
            "  purpose_change: true\n", "",
            "    - agency: sg.police\n",
                "    - agency: de.customs\n    - agency: it.customs\n    - agency: de.police\n",
            "personal_data: false", "personal_data: true");
    DemoMembership before =
        DemoMembership.demo()
            .with("it.customs", "IT", AgencyKind.CUSTOMS)
            .with("de.police", "DE", AgencyKind.CUSTOMS);
    RulebookHolder holder =
        new RulebookHolder(
            PolicyFixture.rulebook(PolicyFixture.load(folder, Map.of("a.yaml", act), before)),
            before,
            100);
    String[] all = {"de.customs", "de.police", "it.customs"};
    Label.Builder personal = PolicyFixture.label().setPersonalData(true);
    assertEquals(
        List.of(), decide(holder.current(), FR, PolicyFixture.draft(personal, all)).refusals());

    holder.membership(before.outside("DE"));
    PolicyDecision after = decide(holder.current(), FR, PolicyFixture.draft(personal, all));
    assertEquals(
        List.of("de.customs", "de.police"),
        after.refusals().stream().map(Refusal::recipient).sorted().toList());
    for (Refusal refusal : after.refusals()) {
      assertEquals("PERSONAL_DATA_REFUSED sample/transfer_basis", words(refusal));
    }
    AgencyName german = new AgencyName("de.police");
    assertEquals(
        List.of(),
        decide(holder.current(), DE, PolicyFixture.draft(personal, german.value())).refusals(),
        "of one state");
    assertEquals(
        List.of(),
        decide(holder.current(), FR, PolicyFixture.draft(PolicyFixture.label(), all)).refusals(),
        "not personal");
    Label sent =
        personal
            .setOrigin(FR.value())
            .setAgreement("sample")
            .setRetentionDays(1)
            .setExpiresAt(Timestamps.fromMillis(NOW.toEpochMilli() + 1))
            .build();
    var verdict = holder.current().ingress().decide(FR, sent, 1, DE, NOW);
    assertEquals(
        "PERSONAL_DATA_REFUSED sample/transfer_basis",
        words(assertInstanceOf(IngressPolicy.Verdict.Refused.class, verdict).refusal()));
  }

  /** The page's agreement of two members of the Union loads, and carries what it says. */
  @Test
  void agreementOfThePage_betweenTwoMembers_carriesPersonalDataOfACriminalCase() {
    String page =
        PolicyFixture.text(
            CONFIG.resolveSibling("docs").resolve("policy").resolve("agreements.md"));
    String file = page.substring(page.indexOf("id: de-fr-criminal-customs"));
    Policy policy =
        PolicyFixture.policy(folder, Map.of("a.yaml", file.substring(0, file.indexOf("```"))));
    Label.Builder label = intelligence().setCategory(Category.CATEGORY_NARCOTICS);
    assertEquals("PERMITTED under de-fr-criminal-customs", ruled(policy, label, DE, FR, true));
    assertEquals("PERMITTED under de-fr-criminal-customs", ruled(policy, label, FR, DE, true));
    assertEquals(
        "REFUSED PERSON_REQUIRED by de-fr-criminal-customs/person_required",
        ruled(policy, label, DE, FR, false));
    assertTrue(ruled(policy, label, DE, US, true).startsWith("REFUSED"), "a third country");
  }

  /** The author reads of an error; a gateway loads the file, and refuses what it concerns. */
  private void assertRefusedBetween(String text, AgencyName recipient) {
    var loaded =
        assertInstanceOf(
            Rulebook.LoadResult.Loaded.class,
            PolicyFixture.load(folder, Map.of("a.yaml", text), DemoMembership.demo()));
    String told = loaded.strict().toString();
    assertTrue(told.contains("several legal orders"), told);
    Label.Builder personal = PolicyFixture.label().setPersonalData(true);
    PolicyDecision decision =
        decide(PolicyFixture.policy(loaded), FR, PolicyFixture.draft(personal, recipient.value()));
    assertEquals(Code.PERSONAL_DATA_REFUSED, only(decision).code());
  }

  private static Label.Builder threat() {
    return PolicyFixture.label()
        .setCategory(Category.CATEGORY_WEAPONS)
        .setPurpose(Purpose.PURPOSE_CRIME_PREVENTION)
        .setUrgency(Urgency.URGENCY_IMMEDIATE)
        .setSeverity(Severity.SEVERITY_EXTREME)
        .setCertainty(Certainty.CERTAINTY_OBSERVED)
        .setRequestedAction(RequestedAction.REQUESTED_ACTION_DETAIN)
        .setPersonalData(true);
  }

  /** Each part of the condition by itself, and the person. */
  @Test
  void derogation_isForTheImmediateAndSeriousThreat_andDocumented() {
    Policy policy = PolicyFixture.demo();
    Draft.Builder draft = PolicyFixture.draft(threat(), US.value()).setOnBehalfOf(PERSON);
    PolicyDecision decision = decide(policy, FR, draft);
    assertEquals("fr-us-imminent-threat", decision.permits().get(0).agreement());
    assertEquals(30, decision.permits().get(0).retentionDays());

    assertEquals(
        "PERSON_REQUIRED fr-us-imminent-threat/person_required",
        words(only(decide(policy, FR, draft.clone().clearOnBehalfOf()))));
    for (Label.Builder slow :
        List.of(
            threat().setUrgency(Urgency.URGENCY_EXPECTED),
            threat().setSeverity(Severity.SEVERITY_MODERATE),
            threat().setCertainty(Certainty.CERTAINTY_POSSIBLE),
            threat().clearUrgency())) {
      assertEquals(
          "CONDITION_FALSE fr-us-imminent-threat/condition",
          words(only(decide(policy, FR, draft.clone().setLabel(slow)))));
    }
    Draft.Builder back = draft.clone().setTo(PolicyFixture.draft(threat(), FR.value()).getTo());
    assertTrue(!decide(policy, US, back).refusals().isEmpty(), "one way");
  }

  private static Label.Builder ordered() {
    return PolicyFixture.label()
        .setKind(Kind.KIND_ALERT)
        .setCategory(Category.CATEGORY_WILDLIFE)
        .setPurpose(Purpose.PURPOSE_CRIMINAL_INVESTIGATION)
        .addHandling(Handling.HANDLING_H3)
        .setHandlingText(ORDER_TEXT)
        .setCaseRef("7 Ks 12/26")
        .setPersonalData(true);
  }

  /** The order's case, its direction, its kind, and its condition in words. */
  @Test
  void courtOrder_carriesItsCaseOnly_andItsRestrictionInWords() {
    Policy policy = PolicyFixture.demo();
    assertEquals("PERMITTED under de-us-order-ivory", ruled(policy, intelligence(), DE, US, true));
    assertEquals(
        "REFUSED PERSON_REQUIRED by de-us-order-ivory/person_required",
        ruled(policy, intelligence(), DE, US, false));
    assertEquals(
        "REFUSED CONDITION_FALSE by de-us-order-ivory/condition",
        ruled(policy, intelligence().setCaseRef("7 Ks 13/26"), DE, US, true));
    assertEquals(
        "REFUSED CONDITION_FALSE by de-us-order-ivory/condition",
        ruled(policy, intelligence().clearHandling().clearHandlingText(), DE, US, true));
    assertEquals(
        "REFUSED NOT_COVERED by de-us-order-ivory/kinds", ruled(policy, ordered(), DE, US, true));
    assertTrue(ruled(policy, intelligence(), US, DE, true).startsWith("REFUSED"), "one way");
    assertTrue(ruled(policy, intelligence(), FR, US, true).startsWith("REFUSED"), "its party only");
  }

  private static Label.Builder intelligence() {
    return ordered().setKind(Kind.KIND_INTELLIGENCE);
  }

  /** Of a draft whose body nobody has seen. */
  private static String ruled(
      Policy policy, Label.Builder label, AgencyName from, AgencyName to, boolean person) {
    Draft.Builder draft = PolicyFixture.draft(label, to.value()).clearBody();
    if (person) {
      draft.setOnBehalfOf(PERSON);
    }
    DraftCheck check = new LabelCheck(MessageLimits.defaults()).question(draft.build(), false, NOW);
    PolicyDecision decision =
        policy
            .egress()
            .decide(assertInstanceOf(CheckedDraft.class, check, check.toString()), from, NOW);
    return decision.permits().isEmpty()
        ? "REFUSED " + only(decision).code() + " by " + only(decision).rule()
        : "PERMITTED under " + decision.permits().get(0).agreement();
  }

  /** A restriction in words is no restriction without the words, and the reverse is no code. */
  @Test
  void otherRestriction_needsItsWords_andAnAgreementThatTakesTheCode() {
    LabelCheck check = new LabelCheck(MessageLimits.defaults());
    Draft silent =
        PolicyFixture.draft(threat().addHandling(Handling.HANDLING_H3), US.value()).build();
    DraftCheck.InvalidDraft wrong =
        assertInstanceOf(DraftCheck.InvalidDraft.class, check.draft(silent, NOW));
    assertEquals("label.handling_text", wrong.problems().get(0).field());

    Label.Builder worded =
        PolicyFixture.label()
            .setCategory(Category.CATEGORY_NARCOTICS)
            .setPurpose(Purpose.PURPOSE_CRIME_PREVENTION)
            .addHandling(Handling.HANDLING_H3)
            .setHandlingText("Tell the liaison officer first");
    assertEquals(
        "NOT_COVERED eu-us-narcotics-hazardous/handling",
        words(only(decide(PolicyFixture.demo(), FR, PolicyFixture.draft(worded, US.value())))));
    assertEquals(
        List.of(),
        decide(PolicyFixture.demo(), FR, PolicyFixture.draft(worded, DE.value())).refusals());
  }

  /** TEST is training, and is decided as what is actual; SYSTEM is refused by this node's rule. */
  @Test
  void statuses_testGoesAsActualDoes_systemDoesNot() {
    Policy policy = PolicyFixture.demo();
    Label.Builder warning =
        PolicyFixture.label()
            .setCategory(Category.CATEGORY_PUBLIC_WARNING)
            .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
    for (Status status : List.of(Status.STATUS_ACTUAL, Status.STATUS_TEST)) {
      Draft.Builder draft = PolicyFixture.draft(warning.setStatus(status), US.value(), SG.value());
      assertEquals(List.of(), decide(policy, FR, draft).refusals(), status.name());
      assertEquals(status == Status.STATUS_TEST, Exercise.of(warning.build()));
    }
    Draft.Builder system = PolicyFixture.draft(warning.setStatus(Status.STATUS_SYSTEM), US.value());
    assertEquals("NODE_RULE node/no-system-messages", words(only(decide(policy, FR, system))));
  }

  @Test
  void derogationWithoutPerson_isAWarning_withWhatWouldBeValid() {
    String text =
        PolicyFixture.sample(
            "transfer_basis: SAFEGUARDS", "transfer_basis: DEROGATION",
            "personal_data: false", "personal_data: true");
    assertEquals(
        List.of("law.transfer_basis"), warnings(text).stream().map(ConfigProblem::field).toList());
    assertTrue(warnings(text).get(0).toString().contains("person_required: true"));
    assertEquals(
        List.of(),
        warnings(
            text.replace("  onward_transfer:", "  person_required: true\n  onward_transfer:")));
    assertEquals(List.of(), warnings(text.replace("personal_data: true", "personal_data: false")));
  }

  private List<ConfigProblem> warnings(String text) {
    try {
      Path agreements = Files.createTempDirectory(folder, "linted");
      Files.writeString(agreements.resolve("a.yaml"), text);
      Rulebook.LoadResult loading =
          RulebookReader.lint(agreements, null, null, DemoMembership.demo(), NOW);
      return assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading.toString())
          .warnings();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The shipped sample of an urgent warning, with what it is about. */
  @Test
  void urgentSample_goesByDerogation_andNamesAircraftAndFirearm() throws IOException {
    String line = Files.readString(CONFIG.resolve("samples/urgent/pistol-kits.jsonl"));
    JsonNode sample = new ObjectMapper().readTree(line);
    Draft.Builder draft = Draft.newBuilder();
    JsonFormat.parser().merge(sample.get("draft").toString(), draft);
    PolicyDecision decision =
        decide(PolicyFixture.demo(), new AgencyName(sample.get("publisher").asText()), draft);
    assertEquals(List.of(), decision.refusals());
    assertEquals("fr-us-imminent-threat", decision.permits().get(0).agreement());
    Set<Subject.SubjectCase> about =
        draft.getBody().getAlert().getSubjectsList().stream()
            .map(Subject::getSubjectCase)
            .collect(Collectors.toSet());
    assertTrue(
        about.containsAll(Set.of(Subject.SubjectCase.AIRCRAFT, Subject.SubjectCase.FIREARM)),
        about.toString());
  }

  private static PolicyDecision decide(Policy policy, AgencyName from, Draft.Builder draft) {
    return policy.egress().decide(PolicyFixture.checked(draft), from, NOW);
  }

  private static Refusal only(PolicyDecision decision) {
    assertEquals(1, decision.refusals().size(), decision.refusals().toString());
    return decision.refusals().get(0);
  }

  private static String words(Refusal refusal) {
    return refusal.code() + " " + refusal.rule();
  }
}
