package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.FR;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.LabelFieldCheck;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.check.ValidationErrors;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidualTest {
  private static final ExpressionCompiler EXPRESSIONS = new ExpressionCompiler();
  private static final Addressing TO_SG = Addressing.newBuilder().addAgencies("sg.police").build();

  @TempDir Path folder;

  private static Label delivery() {
    return PolicyFixture.label()
        .setKind(Kind.KIND_INTELLIGENCE)
        .setCategory(Category.CATEGORY_NARCOTICS)
        .setPurpose(Purpose.PURPOSE_CRIMINAL_INVESTIGATION)
        .setLane(Lane.LANE_FLASH)
        .build();
  }

  private static Residual ask(Policy policy, Label label, String field) {
    List<Residual> all = policy.residuals(Residual.KnownPart.of(label), field, TO_SG, FR, NOW);
    assertEquals(1, all.size());
    return all.get(0);
  }

  @Test
  void enumThatAConditionReads_leavesTheConditionOnIt() {
    Residual residual = ask(PolicyFixture.demo(), delivery(), "requested_action");
    assertEquals("RequestedAction", residual.type());
    assertEquals(SG, residual.recipient());
    assertTrue(residual.whole());
    assertEquals(2, residual.branches().size());
    Residual.Branch held =
        residual.branches().stream()
            .filter(it -> it.verdict().outcome() == TransferVerdict.Outcome.HELD)
            .findFirst()
            .orElseThrow();
    assertEquals(
        "label.requested_action in [RequestedAction.REQUESTED_ACTION_CONTROLLED_DELIVERY,"
            + " RequestedAction.REQUESTED_ACTION_DO_NOT_INTERVENE]",
        held.condition());
  }

  /** The conditions are ones of policy, and each value fulfils that of what comes of it alone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "kind",
        "category",
        "purpose",
        "classification",
        "handling",
        "personal_data",
        "lane",
        "status",
        "statement",
        "case_ref",
        "markings"
      })
  void branches_areTypedConditions_thatHoldOfWhatComesOfThem(String field) {
    String condition =
        "  personal_data: false\n  condition: label.case_ref != 'A\\'s' || 'TLP:RED' in label.markings";
    Policy policy =
        PolicyFixture.policy(
            folder, Map.of("a.yaml", PolicyFixture.sample("  personal_data: false", condition)));
    FieldDescriptor descriptor = Label.getDescriptor().findFieldByName(field);
    Residual residual = ask(policy, PolicyFixture.label().build(), field);
    LabelSpace.ofField(
            descriptor, policy.rulebook().conditions().toList(), policy.rulebook().codes())
        .labels(1_000, 0)
        .map(it -> it.getField(descriptor))
        .forEach(
            value -> {
              Label label =
                  LabelCheck.withDefaults(
                      Residual.with(PolicyFixture.label().build(), descriptor, value));
              RuleEvaluator rules = new RuleEvaluator(policy.rulebook(), policy.membership());
              TransferVerdict verdict =
                  TransferVerdict.of(
                      rules.egress(new Transfer(label, 0, FR, SG, NOW)), true, label);
              Optional<String> invalid = invalid(policy, label);
              if (invalid.isPresent() && descriptor.getJavaType() == JavaType.STRING) {
                // A text from elsewhere that this field cannot hold: it is not asked about.
                return;
              }
              String words = invalid.orElse(verdict.inShort());
              for (Residual.Branch branch : residual.branches()) {
                assertEquals(
                    branch.verdict().inShort().equals(words),
                    holds(branch.condition(), label),
                    branch::condition);
              }
            });
  }

  /** What is refused before any agreement is asked. */
  private static Optional<String> invalid(Policy policy, Label label) {
    ValidationErrors findings = new ValidationErrors(true);
    new LabelFieldCheck(MessageLimits.of(policy.rulebook().codes(), 1_000), findings)
        .draft(label, NOW);
    return findings.list().stream()
        .findFirst()
        .map(it -> "REFUSED " + it.code() + " by " + it.field());
  }

  private static boolean holds(String source, Label label) {
    Compilation<Condition> compilation = EXPRESSIONS.condition(source);
    if (!(compilation instanceof Compilation.Compiled<Condition> compiled)) {
      throw new AssertionError(source + ": " + compilation);
    }
    Evaluation<Boolean> evaluation =
        compiled.expression().evaluate(label, FR.value(), SG.value(), NOW);
    return evaluation.equals(new Evaluation.Value<>(true));
  }

  @Test
  void textThatAConditionReads_isNotWhole_andOneThatNothingReadsLeavesNothing() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                PolicyFixture.sample(
                    "  personal_data: false",
                    "  personal_data: false\n  condition: label.case_ref.startsWith('DNRED')")));
    Label label = PolicyFixture.label().build();
    Residual residual = ask(policy, label, "case_ref");
    assertFalse(residual.whole());
    assertEquals("string", residual.type());
    assertTrue(
        residual.branches().stream()
            .anyMatch(it -> it.condition().equals("label.case_ref == 'DNRED'")),
        residual::toString);
    Residual none = ask(PolicyFixture.demo(), label, "severity");
    assertEquals(
        List.of("true"), none.branches().stream().map(Residual.Branch::condition).toList());
  }

  /** As a draft would be: by its person, by what it passes on, and by what no label may say. */
  @Test
  void whatADraftIsAskedBesides_isAskedHereToo() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                PolicyFixture.sample(
                    "[H1]",
                    "[H0, H1]",
                    "  onward_transfer: NONE",
                    "  onward_transfer: NONE\n  person_required: true")));
    Label label = PolicyFixture.label().build();

    Residual named = ask(policy, label, "handling");
    assertEquals(
        Set.of(
            "PERMITTED under sample",
            "REFUSED NOT_COVERED by sample/handling",
            "REFUSED INVALID_FIELD by label.handling",
            "REFUSED INVALID_FIELD by label.handling_text"),
        words(named));
    Residual.KnownPart unnamed = new Residual.KnownPart(label, false, false, List.of());
    Residual nobody = policy.residuals(unnamed, "handling", TO_SG, FR, NOW).get(0);
    assertTrue(words(nobody).contains("REFUSED PERSON_REQUIRED by sample/person_required"));
    assertFalse(words(nobody).contains("PERMITTED under sample"));
    OnwardSource source =
        new OnwardSource(
            MessageId.of(new byte[16]),
            label.toBuilder()
                .setOrigin("de.customs")
                .setAgreement("sample")
                .addHandling(Handling.HANDLING_H2)
                .build());
    Residual.KnownPart passing = new Residual.KnownPart(label, false, true, List.of(source));
    Residual onward = policy.residuals(passing, "severity", TO_SG, FR, NOW).get(0);
    assertEquals(1, onward.branches().size());
    assertTrue(
        onward.branches().get(0).verdict().inShort().startsWith("REFUSED ONWARD_REFUSED"),
        onward::toString);
  }

  private static Set<String> words(Residual residual) {
    return residual.branches().stream()
        .map(it -> it.verdict().inShort())
        .collect(Collectors.toSet());
  }

  @Test
  void fieldThatNoClientSets_hasNoResidual() {
    Residual.KnownPart known = Residual.KnownPart.of(delivery());
    assertEquals(List.of(), PolicyFixture.demo().residuals(known, "origin", TO_SG, FR, NOW));
    assertEquals(List.of(), PolicyFixture.demo().residuals(known, "colour", TO_SG, FR, NOW));
  }

  /** Fields of which code lists have the values are asked of with these, and with nothing else. */
  @Test
  void codedField_isAskedOfWithItsCodes_notWithTextsFromElsewhere() {
    Policy policy =
        PolicyFixture.demoAnd(
            folder,
            PolicyFixture.sample(
                "id: sample", "id: zz-marked",
                "categories: [IPR]", "categories: [FRAUD]",
                "  personal_data: false",
                    "  personal_data: false\n  condition: label.markings.exists(it, it =="
                        + " 'TLP:AMBER') && label.case_ref == 'K 1'"));
    Label label =
        PolicyFixture.label().setCategory(Category.CATEGORY_FRAUD).setCaseRef("K 1").build();
    Map<String, String> byOutcome = branches(ask(policy, label, "markings"));
    assertEquals(Set.of("PERMITTED", "REFUSED"), byOutcome.keySet());
    assertTrue(
        byOutcome.getOrDefault("PERMITTED", "").contains("'TLP:AMBER'"), byOutcome::toString);
    assertTrue(byOutcome.getOrDefault("REFUSED", "").contains("'TLP:CLEAR'"), byOutcome::toString);
    assertFalse(byOutcome.toString().contains("K 1"), byOutcome::toString);

    Label marked =
        PolicyFixture.label()
            .setClassification(Classification.CLASSIFICATION_RESTRICTED)
            .setClassificationScheme("FR")
            .build();
    Residual residual = ask(PolicyFixture.demo(), marked, "classification_marking");
    assertTrue(
        residual.branches().stream()
            .anyMatch(
                it ->
                    it.verdict().outcome() == TransferVerdict.Outcome.PERMITTED
                        && it.condition().contains("DIFFUSION RESTREINTE")),
        residual::toString);
  }

  private static Map<String, String> branches(Residual residual) {
    return residual.branches().stream()
        .collect(
            Collectors.toMap(
                it -> it.verdict().outcome().name(), Residual.Branch::condition, (a, b) -> a + b));
  }

  /** The lane that information addressees have is theirs, whatever is asked of the others. */
  @Test
  void informationAddressee_isAskedAboutByItsOwnLane() {
    Policy policy =
        PolicyFixture.demoAnd(
            folder,
            PolicyFixture.sample(
                "id: sample", "id: zz-fast",
                "categories: [IPR]", "categories: [FRAUD]",
                "  personal_data: false",
                    "  personal_data: false\n  condition: label.lane == Lane.LANE_FLASH"));
    Residual.KnownPart known =
        Residual.KnownPart.of(
            PolicyFixture.label()
                .setCategory(Category.CATEGORY_FRAUD)
                .setLane(Lane.LANE_FLASH)
                .build());
    for (Lane lane : List.of(Lane.LANE_ROUTINE, Lane.LANE_FLASH)) {
      Addressing.Builder to = Addressing.newBuilder();
      to.getInformationBuilder().addAgencies("sg.police").setLane(lane);
      List<Residual> all = policy.residuals(known, "severity", to.build(), FR, NOW);
      assertEquals(
          lane == Lane.LANE_FLASH ? "PERMITTED" : "REFUSED",
          all.get(0).branches().get(0).verdict().outcome().name());
    }
  }

  /** A body that is known counts: its size, who is in it, and of which kind it is. */
  @Test
  void knownBody_countsAsItDoesWhenItIsSent() {
    Body person =
        PolicyFixture.body().build().toBuilder()
            .mergeFrom(
                Body.newBuilder()
                    .setAlert(
                        Alert.newBuilder()
                            .addSubjects(
                                Subject.newBuilder()
                                    .setPerson(Person.newBuilder().setFamilyName("Muster"))))
                    .build())
            .build();
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", PolicyFixture.SAMPLE));
    Label label = PolicyFixture.label().build();
    Residual named =
        policy
            .residuals(
                new Residual.KnownPart(label, person, false, true, List.of()),
                "kind",
                TO_SG,
                FR,
                NOW)
            .get(0);
    Map<String, String> byWords =
        named.branches().stream()
            .collect(Collectors.toMap(it -> it.verdict().inShort(), Residual.Branch::condition));
    assertEquals(
        "label.kind == Kind.KIND_ALERT",
        byWords.get("REFUSED PERSONAL_DATA_REFUSED by sample/personal_data"),
        byWords::toString);
    assertTrue(
        byWords.keySet().stream().anyMatch(it -> it.contains("LABEL_BODY_MISMATCH")),
        byWords::toString);
    Body large =
        Body.newBuilder()
            .setAlert(
                Alert.newBuilder()
                    .addTexts(
                        AlertText.newBuilder()
                            .setLanguage("en")
                            .setHeadline("Headline")
                            .setDescription("x".repeat(10_001))))
            .build();
    Residual heavy =
        policy
            .residuals(
                new Residual.KnownPart(label, large, false, true, List.of()),
                "severity",
                TO_SG,
                FR,
                NOW)
            .get(0);
    assertEquals(
        "REFUSED TOO_LARGE by sample/max_message_bytes",
        heavy.branches().get(0).verdict().inShort());
  }
}
