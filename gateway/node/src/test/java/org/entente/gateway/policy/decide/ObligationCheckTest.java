package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.TimestampConversion;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;
import org.junit.jupiter.api.Test;

/** Obligations that recipients say they fulfil, at the sender and at the recipient. */
class ObligationCheckTest {
  private static final Fulfilment NONE = new Fulfilment(true, List.of());

  private static Policy policy(FulfilmentSnapshot fulfilments) {
    return new Policy(PolicyFixture.demo().rulebook(), DemoMembership.demo(), fulfilments, 100);
  }

  private static PolicyDecision decided(FulfilmentSnapshot fulfilments) {
    return policy(fulfilments)
        .egress()
        .decide(checked(label(), "sg.police", "de.customs"), FR, NOW);
  }

  @Test
  void recipient_thatFulfilsNothing_isRefused_theOthersAreNot() {
    PolicyDecision decision = decided(new FulfilmentSnapshot(Map.of(SG, NONE)));
    assertEquals(List.of(DE), decision.permits().stream().map(it -> it.recipient()).toList());
    Refusal refusal = decision.refusals().get(0);
    assertEquals(SG.value(), refusal.recipient());
    assertEquals(Code.OBLIGATION_NOT_FULFILLED, refusal.code());
    assertEquals("fr-sg-ipr/retention_days", refusal.rule());
    assertTrue(refusal.reason().contains("DESTROY_AFTER_RETENTION"), refusal.reason());
    assertTrue(refusal.reason().contains("it fulfils none"), refusal.reason());
  }

  @Test
  void recipient_thatNeverSaidAnything_isTakenToFulfilWhatThereWasBefore() {
    assertEquals(2, decided(FulfilmentSnapshot.UNKNOWN).permits().size());
    assertEquals(List.of(1, 2, 3, 4), Fulfilment.UNSTATED.numbers());
    assertEquals(
        List.of(Obligation.UNRECOGNIZED),
        Fulfilment.UNSTATED.lacking(List.of(Obligation.UNRECOGNIZED)));
  }

  @Test
  void release_saysWhatItImplements_lessWhatItIsToldItCannot() {
    assertEquals(
        Fulfilment.implemented().toList(),
        Fulfilment.implemented()
            .filter(one -> Fulfilment.ofRelease(Set.of()).lacking(List.of(one)).isEmpty())
            .toList());
    Fulfilment less =
        Fulfilment.ofRelease(Fulfilment.parse("here", List.of("ONWARD_WITH_CONSENT")));
    assertEquals(List.of(1, 2, 4, 5), less.numbers());
    assertThrows(
        IllegalArgumentException.class,
        () -> Fulfilment.parse("here", List.of("NO_ONWARD_TRANSFER", "NO_ONWARD_TRANSFER")));
  }

  @Test
  void valuesOfALaterRelease_changeNothing() {
    Fulfilment later = new Fulfilment(true, List.of(1, 2, 3, 4, 77));
    assertEquals(2, decided(new FulfilmentSnapshot(Map.of(SG, later))).permits().size());
    assertTrue(later.words().endsWith("number 77"), later.words());
  }

  @Test
  void mailThatWaits_goesByWhatIsSaidNow() {
    assertEquals(Optional.empty(), policy(FulfilmentSnapshot.UNKNOWN).unfulfilled("fr-sg-ipr", SG));
    assertEquals(
        Code.OBLIGATION_NOT_FULFILLED,
        policy(new FulfilmentSnapshot(Map.of(SG, NONE)))
            .unfulfilled("fr-sg-ipr", SG)
            .orElseThrow()
            .code());
  }

  @Test
  void whatIsSaid_forgetsNoRuling() {
    RulebookHolder holder =
        new RulebookHolder(PolicyFixture.demo().rulebook(), DemoMembership.demo(), 100);
    CheckedDraft draft = checked(label(), "sg.police");
    for (FulfilmentSnapshot said :
        List.of(FulfilmentSnapshot.UNKNOWN, new FulfilmentSnapshot(Map.of(SG, NONE)))) {
      holder.fulfilments(said);
      holder.current().egress().decide(draft, FR, NOW);
    }
    assertEquals(1, holder.current().cacheFigures().misses());
    assertEquals(1, holder.current().cacheFigures().hits());
  }

  @Test
  void whatIsSaid_isInForceAtOnce_andForgetsNoRulingWhereItIsTheSame() {
    RulebookHolder holder =
        new RulebookHolder(PolicyFixture.demo().rulebook(), DemoMembership.demo(), 100);
    CheckedDraft draft = checked(label(), "sg.police");
    assertEquals(
        PolicyDecision.Outcome.ACCEPTED,
        holder.current().egress().decide(draft, FR, NOW).outcome());
    holder.fulfilments(new FulfilmentSnapshot(Map.of(SG, NONE)));
    Policy after = holder.current();
    assertEquals(PolicyDecision.Outcome.REFUSED, after.egress().decide(draft, FR, NOW).outcome());
    holder.fulfilments(new FulfilmentSnapshot(Map.of(SG, NONE)));
    assertSame(after, holder.current());
  }

  /** Whatever it said before, and whatever a transit kept back. */
  @Test
  void recipient_refusesWhatItDoesNotFulfil_thoughItIsSent() {
    Label label =
        label()
            .setOrigin("fr.customs")
            .setAgreement("fr-sg-ipr")
            .setRetentionDays(1)
            .addObligations(Obligation.OBLIGATION_DESTROY_AFTER_RETENTION)
            .setExpiresAt(TimestampConversion.timestamp(NOW.plusSeconds(60)))
            .build();
    IngressPolicy.Verdict verdict =
        policy(new FulfilmentSnapshot(Map.of(SG, NONE))).ingress().decide(FR, label, 1, SG, NOW);
    IngressPolicy.Verdict.Refused refused =
        assertInstanceOf(IngressPolicy.Verdict.Refused.class, verdict);
    assertEquals(Code.OBLIGATION_NOT_FULFILLED, refused.refusal().code());
    assertEquals("label/obligations", refused.refusal().rule());
  }
}
