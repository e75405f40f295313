package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.TimestampConversion;
import org.entente.gateway.policy.check.UncheckedDraft;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.proto.v1.Addressees;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTest {
  private static final String CONDITION = "  personal_data: false\n  condition: ";

  @TempDir Path folder;

  @Test
  void decision_sameInput_isTheSameOverShuffledFiles() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("a.yaml", sample("id: sample", "id: zz-by-name"));
    files.put("b.yaml", sample("id: sample", "id: aa-by-name"));
    files.put(
        "c.yaml",
        sample("id: sample", "id: by-jurisdiction", "agency: sg.police", "jurisdiction: SG"));
    files.put("d.yaml", sample("id: sample", "id: by-group", "agency: fr.customs", "group: EU"));
    files.put("e.yaml", sample("id: sample", "id: narrow", "[IPR]", "[IPR, CASH]"));
    List<String> names = new ArrayList<>(files.keySet());
    Random random = PolicyFixture.random(7);
    for (int i = 0; i < 6; i++) {
      Collections.shuffle(names, random);
      // Other names in another order: only the ids may decide.
      Map<String, String> shuffled = new LinkedHashMap<>();
      for (int n = 0; n < names.size(); n++) {
        shuffled.put(n + ".yaml", String.valueOf(files.get(names.get(n))));
      }
      Policy policy = PolicyFixture.policy(folder, shuffled);
      assertEquals(
          "aa-by-name",
          policy
              .egress()
              .decide(checked(label(), "sg.police"), FR, NOW)
              .permits()
              .get(0)
              .agreement());
    }
  }

  @Test
  void agreements_specificBeforeGeneral_fewerCategoriesThenId() {
    String name = sample("id: sample", "id: z-name");
    String wide = sample("id: sample", "id: a-name-wide", "[IPR]", "[IPR, CASH]");
    String jurisdiction =
        sample("id: sample", "id: a-jurisdiction", "agency: sg.police", "jurisdiction: SG");
    String group = sample("id: sample", "id: a-group", "agency: fr.customs", "group: EU");
    String all = sample("id: sample", "id: a-all", "agency: fr.customs", "all_members: true");
    assertEquals("z-name", first(name, wide, jurisdiction, group, all));
    assertEquals("a-name-wide", first(wide, jurisdiction, group, all));
    assertEquals("a-jurisdiction", first(jurisdiction, group, all));
    assertEquals("a-group", first(group, all));
    assertEquals("a-all", first(all));
    String same = sample("id: sample", "id: y-name");
    assertEquals("y-name", first(name, same));
  }

  private String first(String... agreements) {
    Map<String, String> files = new LinkedHashMap<>();
    for (String agreement : agreements) {
      files.put(files.size() + ".yaml", agreement);
    }
    PolicyDecision decision =
        PolicyFixture.policy(folder, files).egress().decide(checked(label(), "sg.police"), FR, NOW);
    return decision.permits().get(0).agreement();
  }

  @Test
  void cache_labelsThatDifferInWhatNoRuleReads_hit() {
    Policy policy = PolicyFixture.policy(folder, Map.of("a.yaml", sample()));
    for (int i = 0; i < 100; i++) {
      Label.Builder label = label().setCaseRef("case " + i).setSourceRef("ref " + i);
      policy.egress().decide(checked(label, "sg.police"), FR, NOW.plusSeconds(i));
    }
    assertEquals(1, policy.cacheFigures().misses());
    assertEquals(99, policy.cacheFigures().hits());
  }

  @Test
  void cache_fieldThatAConditionReads_isAFact() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                sample("  personal_data: false", CONDITION + "label.case_ref.startsWith('A')")));
    assertEquals(PolicyDecision.Outcome.ACCEPTED, outcome(policy, label().setCaseRef("A1"), NOW));
    assertEquals(PolicyDecision.Outcome.REFUSED, outcome(policy, label().setCaseRef("B1"), NOW));
    assertEquals(PolicyDecision.Outcome.ACCEPTED, outcome(policy, label().setCaseRef("A1"), NOW));
    assertEquals(2, policy.cacheFigures().misses());
  }

  @Test
  void cache_conditionOnTheTime_isNeverRemembered() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                sample(
                    "  personal_data: false",
                    CONDITION + "now < timestamp('2026-06-01T12:00:01Z')")));
    assertEquals(PolicyDecision.Outcome.ACCEPTED, outcome(policy, label(), NOW));
    assertEquals(PolicyDecision.Outcome.REFUSED, outcome(policy, label(), NOW.plusSeconds(1)));
    assertEquals(0, policy.cacheFigures().entries());
  }

  @Test
  void cache_agreementEndsBetweenTwoEqualDrafts_secondIsRefused() {
    Policy policy =
        PolicyFixture.policy(folder, Map.of("a.yaml", sample("2026-12-31", "2026-06-01")));
    assertEquals(PolicyDecision.Outcome.ACCEPTED, outcome(policy, label(), NOW));
    assertEquals(
        PolicyDecision.Outcome.REFUSED, outcome(policy, label(), NOW.plus(Duration.ofDays(1))));
  }

  @Test
  void cache_isBounded() {
    Policy policy = new Policy(PolicyFixture.demo().rulebook(), DemoMembership.demo(), 10);
    for (Category category : Category.values()) {
      for (Purpose purpose : Purpose.values()) {
        if (category != Category.UNRECOGNIZED
            && purpose != Purpose.UNRECOGNIZED
            && category.getNumber() * purpose.getNumber() != 0) {
          outcome(policy, label().setCategory(category).setPurpose(purpose), NOW);
        }
      }
    }
    assertTrue(policy.cacheFigures().entries() <= 10);
    assertTrue(policy.cacheFigures().evictions() > 0);
  }

  private static PolicyDecision.Outcome outcome(Policy policy, Label.Builder label, Instant now) {
    return policy.egress().decide(checked(label, "sg.police"), FR, now).outcome();
  }

  @Test
  void holder_swap_laterDecisionsFollowTheNewRules() {
    Rulebook first = PolicyFixture.policy(folder, Map.of("a.yaml", sample())).rulebook();
    RulebookHolder holder = new RulebookHolder(first, DemoMembership.demo(), 10);
    Policy held = holder.current();
    Rulebook second = PolicyFixture.policy(folder, Map.of()).rulebook();
    holder.rulebook(second);
    assertNotEquals(held.version(), holder.current().version());
    assertEquals(PolicyDecision.Outcome.ACCEPTED, outcome(held, label(), NOW));
    assertEquals(PolicyDecision.Outcome.REFUSED, outcome(holder.current(), label(), NOW));
    holder.rulebook(first);
    holder.membership(DemoMembership.demo().without("sg.police"));
    assertEquals(PolicyDecision.Outcome.REFUSED, outcome(holder.current(), label(), NOW));
  }

  @Test
  void decision_randomLabels_neverThrowsAndCacheChangesNothing() {
    long seed = new Random().nextLong();
    Random random = PolicyFixture.random(seed);
    Rulebook rulebook = PolicyFixture.demo().rulebook();
    Policy remembering = new Policy(rulebook, DemoMembership.demo(), 1_000);
    AgencyName[] agencies = {FR, SG, DE, US, HUB};
    for (int i = 0; i < 3_000; i++) {
      Label label = randomLabel(random);
      AgencyName self = agencies[random.nextInt(agencies.length)];
      AgencyName other = agencies[random.nextInt(agencies.length)];
      Instant now = NOW.plus(Duration.ofDays(random.nextInt(8_000) - 4_000));
      CheckedDraft draft = unchecked(label, other);
      try {
        Policy fresh = i % 100 == 0 ? new Policy(rulebook, DemoMembership.demo(), 1) : remembering;
        PolicyDecision once = remembering.egress().decide(draft, self, now);
        assertEquals(once, fresh.egress().decide(draft, self, now));
        assertEquals(1, once.permits().size() + once.refusals().size());
        assertNotNull(remembering.ingress().decide(other, label, random.nextInt(), self, now));
        assertNotNull(
            remembering.egress().recheck(PolicyFixture.waiting(label, 1), self, other, now));
        Explanation explained =
            remembering.egress().explain(draft, List.of(), recipient -> true, self, now);
        assertEquals(once.outcome(), explained.outcome());
        assertNotNull(new LabelCheck(MessageLimits.defaults()).received(label, ByteString.EMPTY));
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + i + "\n" + label, e);
      }
    }
  }

  private static CheckedDraft unchecked(Label label, AgencyName to) {
    return UncheckedDraft.of(label, Addressing.newBuilder().addAgencies(to.value()).build());
  }

  /** Plausible or absurd in every field. */
  private static Label randomLabel(Random random) {
    Label.Builder label =
        label()
            .setCategoryValue(random.nextInt(16))
            .setPurposeValue(random.nextInt(9))
            .setClassification(Classification.forNumber(1 + random.nextInt(4)));
    for (FieldDescriptor field : Label.getDescriptor().getFields()) {
      if (random.nextInt(4) != 0 || field.isMapField()) {
        continue;
      }
      Object value =
          switch (field.getJavaType()) {
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(12));
            case STRING ->
                List.of("", "fr.customs", "fr-sg-ipr", "evidence", "\u0000é")
                    .get(random.nextInt(5));
            case INT -> random.nextInt(400) - 10;
            case LONG -> random.nextLong();
            case BOOLEAN -> random.nextBoolean();
            case BYTE_STRING -> ByteString.copyFrom(new byte[random.nextInt(20)]);
            case MESSAGE -> randomMessage(field, random);
            default -> throw new AssertionError(field.getFullName());
          };
      if (field.isRepeated()) {
        label.addRepeatedField(field, value);
      } else {
        label.setField(field, value);
      }
    }
    return label.build();
  }

  private static Message randomMessage(FieldDescriptor field, Random random) {
    if (field.getMessageType().equals(Timestamp.getDescriptor())) {
      return randomTime(random);
    }
    if (field.getMessageType().equals(Attachment.getDescriptor())) {
      return Attachment.newBuilder().setName("\u0000é").setSize(random.nextLong()).build();
    }
    return Addressees.newBuilder().addAction("\u0000é").build();
  }

  private static Timestamp randomTime(Random random) {
    Timestamp near =
        TimestampConversion.timestamp(NOW.plusSeconds(random.nextInt(100_000) - 50_000));
    return random.nextBoolean()
        ? near
        : Timestamp.newBuilder()
            .setSeconds(random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE)
            .setNanos(random.nextInt())
            .build();
  }

  @Test
  void explanation_namesEveryAgreementAndTest() {
    Label label = label().setCategory(Category.CATEGORY_NARCOTICS).build();
    Addressing to =
        Addressing.newBuilder()
            .addAgencies("sg.police")
            .addAgencies("de.customs")
            .addAgencies("x.hub")
            .build();
    Explanation explanation =
        PolicyFixture.demo()
            .egress()
            .explain(UncheckedDraft.of(label, to), List.of(), recipient -> true, FR, NOW);
    Explanation.Recipient singapore = explanation.recipients().get(0);
    assertEquals(SG, singapore.agency());
    assertEquals(8, singapore.tried().size());
    assertEquals("fr-sg-controlled-delivery", singapore.tried().get(0).agreement());
    assertEquals("fr-sg-ipr", singapore.tried().get(1).agreement());
    assertEquals(
        List.of("categories: category NARCOTICS; this agreement covers IPR"),
        singapore.tried().get(1).failed());
    assertEquals("public-warnings", singapore.tried().get(2).agreement());
    assertTrue(singapore.tried().get(3).failed().get(0).startsWith("between: fr.customs to"));
    assertTrue(singapore.refusal().isPresent());
    assertEquals(Code.NOT_COVERED, singapore.refusal().orElseThrow().code());
    assertEquals("fr-sg-controlled-delivery/kinds", singapore.refusal().orElseThrow().rule());
    assertEquals(Optional.empty(), singapore.fulfils());
    Explanation.Recipient germany = explanation.recipients().get(1);
    assertEquals(Optional.of("eu-customs-cooperation"), germany.permittedBy());
    Explanation.BindingTerms binding = germany.binding().orElseThrow();
    Agreement.Obligations asked =
        PolicyFixture.demo()
            .rulebook()
            .agreement("eu-customs-cooperation")
            .orElseThrow()
            .obligations();
    assertEquals(asked.ofRecipient(), binding.obligations());
    assertEquals(asked.retentionDays(), binding.retentionDays());
    assertEquals(Optional.empty(), singapore.binding());
    assertEquals(PolicyDecision.Outcome.REFUSED, explanation.outcome(singapore));
    assertEquals(PolicyDecision.Outcome.ACCEPTED, explanation.outcome(germany));
    assertEquals(1, explanation.refusals().size());
    assertEquals(Code.UNKNOWN_RECIPIENT, explanation.refusals().get(0).code());
    assertEquals("x.hub", explanation.refusals().get(0).recipient());
    assertEquals(PolicyDecision.Outcome.ACCEPTED, explanation.outcome());
  }
}
