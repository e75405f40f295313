package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of mail that waits by rules that have come since, beyond what they cover. */
class QueuedMessageTermsTest {
  private static final String FOUR_EYES = "  deliver_within_days: 10\n  four_eyes: true\n";
  private static final String PERSON = "  deliver_within_days: 10\n  person_required: true\n";
  private static final String DAYS = "  deliver_within_days: 10\n";

  @TempDir private Path folder;

  private Policy policy(String... replacements) {
    return PolicyFixture.policy(folder, Map.of("a.yaml", sample(replacements)));
  }

  private static CheckedDraft by(OnBehalfOf person) {
    return checked(draft(label(), SG.value()).setOnBehalfOf(person));
  }

  private static OnBehalfOf officer() {
    return OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("case 7").build();
  }

  private static MessageId id() {
    return MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());
  }

  private static Permitted sent(Policy policy, OnBehalfOf person) {
    PolicyDecision decision = policy.egress().decide(by(person), FR, NOW);
    return decision.outcome() == PolicyDecision.Outcome.HELD
        ? decision.released(id(), consent -> Optional.empty()).get(0)
        : decision.permitted(id()).get(0);
  }

  private static Optional<String> rule(Policy policy, Label label, RecheckInputs grounds) {
    return policy
        .egress()
        .recheck(new PendingMessage(label, 100, grounds), FR, SG, NOW)
        .map(Refusal::rule);
  }

  private static Optional<String> rule(Policy policy, Permitted waits) {
    return rule(policy, waits.label(), waits.grounds());
  }

  @Test
  void secondPerson_thatIsAskedForByNow_isNotAskedAgainOfWhatHadOne() {
    Policy before = policy();
    Policy now = policy(DAYS, FOUR_EYES);
    Permitted alone = sent(before, officer());
    Permitted released = sent(now, officer());

    assertFalse(alone.grounds().secondPerson());
    assertTrue(released.grounds().secondPerson());
    assertEquals(Optional.empty(), rule(before, alone));
    assertEquals(Optional.of("sample/four_eyes"), rule(now, alone));
    assertEquals(Optional.empty(), rule(now, released));
  }

  @Test
  void person_thatIsAskedForByNow_isNotAskedAgainOfWhatNamedOne() {
    Policy before = policy();
    Policy now = policy(DAYS, PERSON);

    assertEquals(
        Optional.of("sample/person_required"),
        rule(now, sent(before, OnBehalfOf.getDefaultInstance())));
    assertEquals(Optional.empty(), rule(now, sent(before, officer())));
  }

  @Test
  void onwardTerms_thatBindMoreByNow_stopWhatBindsLess_andNotTheReverse() {
    Policy none = policy();
    Policy parties = policy("onward_transfer: NONE", "onward_transfer: WITHIN_PARTIES");
    Policy consent = policy("onward_transfer: NONE", "onward_transfer: WITH_CONSENT");
    Optional<String> rule = Optional.of("sample/onward_transfer");

    for (Policy less : new Policy[] {parties, consent}) {
      assertEquals(rule, rule(none, sent(less, officer())));
      assertEquals(Optional.empty(), rule(less, sent(less, officer())));
      assertEquals(Optional.empty(), rule(less, sent(none, officer())));
    }
    assertEquals(rule, rule(parties, sent(consent, officer())));
    assertEquals(rule, rule(consent, sent(parties, officer())));
    Label unbound = sent(parties, officer()).label().toBuilder().clearObligations().build();
    assertEquals(Optional.empty(), rule(none, unbound, RecheckInputs.NONE));
  }

  @Test
  void export_thatIsForbiddenByNow_stopsWhatDoesNotForbidIt() {
    Policy before = policy();
    Policy now = policy(DAYS, "  deliver_within_days: 10\n  no_export: true\n");
    Label label = sent(before, officer()).label();
    Label bound = label.toBuilder().addObligations(Obligation.OBLIGATION_NO_EXPORT).build();

    assertEquals(Optional.of("sample/no_export"), rule(now, label, RecheckInputs.NONE));
    assertEquals(Optional.empty(), rule(now, bound, RecheckInputs.NONE));
    assertEquals(Optional.empty(), rule(before, bound, RecheckInputs.NONE));
  }

  @Test
  void marking_thatTheListsDoNotKnowByNow_stopsWhatBearsIt() {
    Label label = sent(policy(), officer()).label();

    assertEquals(
        Optional.empty(),
        rule(policy(), label.toBuilder().addMarkings("TLP:AMBER").build(), RecheckInputs.NONE));
    assertEquals(
        Optional.of("sample/markings"),
        rule(policy(), label.toBuilder().addMarkings("TLP:WHITE").build(), RecheckInputs.NONE));
  }

  /** Over restarts too: the number of the start is in the upper half. */
  @Test
  void generation_risesWithRulebookAndMembers_andNotWithWhatAgenciesFulfil() {
    Rulebook rulebook = policy().rulebook();
    RulebookHolder holder = new RulebookHolder(rulebook, DemoMembership.demo(), 10);
    holder.beginAt(3L << 32);
    assertEquals(3L << 32, holder.current().generation());
    assertEquals((3L << 32) + 1, holder.rulebook(rulebook).generation());
    assertEquals((3L << 32) + 2, holder.membership(DemoMembership.demo()).generation());
    holder.fulfilments(new FulfilmentSnapshot(Map.of(SG, Fulfilment.ofRelease(Set.of()))));
    assertEquals((3L << 32) + 2, holder.current().generation());
    assertEquals((3L << 32) + 2, sent(holder.current(), officer()).generation());
  }
}
