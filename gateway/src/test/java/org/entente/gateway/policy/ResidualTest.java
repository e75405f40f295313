package org.entente.gateway.policy;

import static org.entente.gateway.policy.PolicyFixture.FR;
import static org.entente.gateway.policy.PolicyFixture.NOW;
import static org.entente.gateway.policy.PolicyFixture.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.cel.Expressions;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidualTest {
  private static final Expressions EXPRESSIONS = new Expressions();
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
    List<Residual> all = policy.residuals(Residual.Known.of(label), field, TO_SG, FR, NOW);
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
            .filter(it -> it.verdict().outcome() == Verdict.Outcome.HELD)
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
    LabelSpace.ofField(descriptor, policy.rulebook().conditions().toList())
        .labels(1_000, 0)
        .map(it -> it.getField(descriptor))
        .forEach(
            value -> {
              Label label =
                  LabelCheck.withDefaults(
                      Residual.with(PolicyFixture.label().build(), descriptor, value));
              Rules rules = new Rules(policy.rulebook(), policy.membership());
              Verdict verdict =
                  Verdict.of(rules.egress(new Transfer(label, 0, FR, SG, NOW)), true, label);
              String words = invalid(policy, label).orElse(verdict.inShort());
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
    Findings findings = new Findings(true);
    new LabelFields(policy.rulebook().codes().limits(1_000), findings).draft(label, NOW);
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
    Residual.Known unnamed = new Residual.Known(label, false, false, List.of());
    Residual nobody = policy.residuals(unnamed, "handling", TO_SG, FR, NOW).get(0);
    assertTrue(words(nobody).contains("REFUSED PERSON_REQUIRED by sample/person_required"));
    assertFalse(words(nobody).contains("PERMITTED under sample"));
    Source source =
        new Source(
            MessageId.of(new byte[16]),
            label.toBuilder()
                .setOrigin("de.customs")
                .setAgreement("sample")
                .addHandling(Handling.HANDLING_H2)
                .build());
    Residual.Known passing = new Residual.Known(label, false, true, List.of(source));
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
    Residual.Known known = Residual.Known.of(delivery());
    assertEquals(List.of(), PolicyFixture.demo().residuals(known, "origin", TO_SG, FR, NOW));
    assertEquals(List.of(), PolicyFixture.demo().residuals(known, "colour", TO_SG, FR, NOW));
  }
}
