package org.entente.gateway.policy.check;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.policy.codes.CodeFileReader;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.decide.RuleEvaluator;
import org.entente.gateway.policy.decide.Ruling;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelSpaceTest {
  private static final List<Kind> KINDS =
      List.of(Kind.KIND_ALERT, Kind.KIND_INTELLIGENCE, Kind.KIND_FEEDBACK);

  @TempDir Path folder;

  @Test
  void withoutConditions_oneValueStandsForAllThatAgreementsTreatAlike() {
    Rulebook rulebook = rulebook(PolicyFixture.sample());
    LabelSpace space = LabelSpace.of(rulebook.agreements(), List.of());
    // Kind, category, purpose, classification, handling and personal data: in or out.
    assertEquals(64, space.size());
    assertTrue(space.isWhole());
    assertEquals(64, space.labels(64, 1).distinct().count());
    assertEquals(10, space.labels(10, 1).count());
  }

  /** What makes a search over the space worth anything: no label is decided in another way. */
  @Test
  void everyLabel_isDecidedAsOneOfTheSpace() {
    long seed = new Random().nextLong();
    Random random = PolicyFixture.random(seed);
    Rulebook rulebook = PolicyFixture.demo().rulebook();
    List<Agreement> agreements =
        rulebook.agreements().stream().filter(it -> it.covers().condition().isEmpty()).toList();
    RuleEvaluator rules =
        new RuleEvaluator(
            new Rulebook("v", agreements, List.of(), CodeFileReader.shipped()),
            DemoMembership.demo());
    LabelSpace space = LabelSpace.of(agreements, List.of());
    Set<List<String>> known =
        space.labels(space.size(), 1).map(it -> decided(rules, it)).collect(Collectors.toSet());
    for (int i = 0; i < 2_000; i++) {
      Label label = random(random);
      assertTrue(known.contains(decided(rules, label)), () -> "seed " + seed + "\n" + label);
    }
  }

  private static List<String> decided(RuleEvaluator rules, Label label) {
    Transfer transfer = new Transfer(label, 0, FR, SG, NOW);
    Transfer within = new Transfer(label, 0, FR, DE, NOW);
    return List.of(name(rules.egress(transfer)), name(rules.egress(within)));
  }

  private static String name(Ruling ruling) {
    return ruling instanceof Ruling.Allowed allowed ? allowed.agreement().id() : "";
  }

  private static Label random(Random random) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(KINDS.get(random.nextInt(KINDS.size())))
            .setCategory(Category.forNumber(1 + random.nextInt(14)))
            .setPurpose(Purpose.forNumber(1 + random.nextInt(7)))
            .setClassification(Classification.forNumber(1 + random.nextInt(4)))
            .setPersonalData(random.nextBoolean());
    for (int code = 1; code <= 4; code++) {
      if (random.nextInt(3) == 0) {
        label.addHandling(Handling.forNumber(code));
      }
    }
    return label.build();
  }

  @Test
  void attachmentsThatAConditionReads_areNone_orOneOfEachTextThatStandsThere() {
    String condition =
        "  personal_data: false\n  condition: label.attachments.all(one,"
            + " one.media_type == 'image/jpeg')";
    Rulebook rulebook = rulebook(PolicyFixture.sample("  personal_data: false", condition));
    LabelSpace space = LabelSpace.of(rulebook.agreements(), rulebook.conditions().toList());
    assertEquals(List.of("attachments"), space.partial());
    Set<List<String>> types = new HashSet<>();
    space
        .labels(space.size(), 1)
        .forEach(
            it ->
                types.add(it.getAttachmentsList().stream().map(Attachment::getMediaType).toList()));
    assertEquals(
        Set.of(List.of(), List.of("image/jpeg"), List.of("application/octet-stream")), types);
  }

  @Test
  void fieldsThatConditionsRead_haveAllValues_andTextsThoseThatStandThere() {
    String condition =
        "  personal_data: false\n  condition: label.statement == Statement.STATEMENT_FACT"
            + " || label.case_ref in ['A', 'B']";
    Rulebook rulebook = rulebook(PolicyFixture.sample("  personal_data: false", condition));
    LabelSpace space = LabelSpace.of(rulebook.agreements(), rulebook.conditions().toList());
    assertEquals(64 * 3 * 4, space.size());
    assertFalse(space.isWhole());
    assertEquals(List.of("case_ref"), space.partial());
    Set<String> texts = new HashSet<>();
    space.labels(space.size(), 1).forEach(it -> texts.add(it.getCaseRef()));
    assertEquals(Set.of("", "A", "B", "something else"), texts);
    LabelSpace within = space.within(rulebook.agreements().get(0).covers());
    assertTrue(
        within
            .labels(within.size(), 1)
            .allMatch(it -> it.getCategory() == Category.CATEGORY_IPR && !it.getPersonalData()));
  }

  private Rulebook rulebook(String agreement) {
    return PolicyFixture.policy(folder, Map.of("a.yaml", agreement)).rulebook();
  }
}
