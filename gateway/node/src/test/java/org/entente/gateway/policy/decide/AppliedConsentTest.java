package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * France received something from Singapore, which has to consent to its being passed on to the
 * United States or Germany.
 */
class AppliedConsentTest {
  private static final Instant SOON = NOW.plusSeconds(3_600);
  private static final Set<Purpose> PURPOSE = Set.of(Purpose.PURPOSE_IPR_ENFORCEMENT);

  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private final MessageId id = MessageId.fresh(NOW.toEpochMilli(), random);
  private final MessageId consent = MessageId.fresh(NOW.toEpochMilli(), random);

  /** Under {@code a} with Singapore, under {@code b} and {@code c} with those it may go on to. */
  private Policy policy(String onwardTransfer) {
    return PolicyFixture.policy(
        folder,
        Map.of(
            "a.yaml",
            sample("onward_transfer: NONE", "onward_transfer: " + onwardTransfer),
            "b.yaml",
            onward("b", "us.cbp"),
            "c.yaml",
            onward("c", "de.customs")));
  }

  private static String onward(String id, String agency) {
    return sample(
        "id: sample",
        "id: " + id,
        "agency: sg.police",
        "agency: " + agency,
        "purposes: [IPR_ENFORCEMENT]",
        "purposes: [IPR_ENFORCEMENT, CUSTOMS_CONTROL]",
        "handling: [H1]",
        "handling: [H1, H2]");
  }

  private ConsentGrant grant(AgencyName... agencies) {
    return new ConsentGrant(consent, SG, Set.of(agencies), Set.of(), PURPOSE, SOON, false);
  }

  private OnwardSource source(Label.Builder label, ConsentGrant... grants) {
    return new OnwardSource(
        id, label.setOrigin("sg.police").setAgreement("sample").build(), List.of(grants));
  }

  private static Label.Builder secret() {
    return label().addHandling(Handling.HANDLING_H2);
  }

  private PolicyDecision decide(
      Policy policy, OnwardSource source, Label.Builder draft, String... to) {
    return policy.egress().decide(checked(draft, to), List.of(source), FR, NOW);
  }

  private PolicyDecision withConsent(ConsentGrant... grants) {
    return decide(policy("WITH_CONSENT"), source(label(), grants), label(), "us.cbp");
  }

  private static String refused(Code code, PolicyDecision decision) {
    assertEquals(List.of(), decision.permits());
    assertEquals(List.of(), decision.consented());
    Refusal refusal = decision.refusals().get(0);
    assertEquals(code, refusal.code(), refusal.reason());
    return refusal.reason();
  }

  @Test
  void grantInForce_permitsWhomItNames_andTheDecisionSaysUnderWhich() {
    PolicyDecision decision = withConsent(grant(US));
    assertEquals(List.of(new AppliedConsent(consent, SG, id, US)), decision.consented());
    assertEquals(1, decision.permits().size());
  }

  /** Its originator is told only of use that is made of a consent. */
  @Test
  void recipientRefusedLater_usesNoConsent() {
    Refusal full = new Refusal(US.value(), Code.OVERLOADED, "", "too much waits for it");
    PolicyDecision decision = withConsent(grant(US)).without(List.of(full));
    assertEquals(full.reason(), refused(Code.OVERLOADED, decision));
    assertEquals(PolicyDecision.Outcome.REFUSED, decision.outcome());
  }

  @Test
  void recipientThatTheGrantDoesNotName_isRefused_withWhomItIsFor() {
    String reason = refused(Code.CONSENT_REQUIRED, withConsent(grant(DE)));
    assertTrue(reason.contains(consent + " is for de.customs only"), reason);
  }

  /** What lets one recipient have it is not shown to another. */
  @Test
  void consents_goAlong_eachToItsRecipientsAlone() throws InvalidProtocolBufferException {
    MessageId other = MessageId.fresh(NOW.toEpochMilli(), random);
    ConsentGrant german = new ConsentGrant(other, SG, Set.of(DE), Set.of(), PURPOSE, SOON, false);
    PolicyDecision decision =
        decide(
            policy("WITH_CONSENT"),
            source(label(), grant(US), german),
            label(),
            "us.cbp",
            "de.customs");
    for (Permitted part :
        decision.permitted(
            MessageId.fresh(NOW.toEpochMilli(), random),
            one ->
                Optional.of(
                    CarriedConsent.newBuilder()
                        .setStatement(ByteString.copyFrom(one.bytes()))
                        .build()))) {
      MessageId own = part.permits().get(0).recipient().equals(US) ? consent : other;
      assertEquals(1, part.permits().size());
      assertEquals(
          List.of(ByteString.copyFrom(own.bytes())),
          Body.parseFrom(part.body()).getPassedOnUnderList().stream()
              .map(CarriedConsent::getStatement)
              .toList());
    }
  }

  @Test
  void oneOfTwoRecipients_isPermittedAlone() {
    PolicyDecision decision =
        decide(policy("WITH_CONSENT"), source(label(), grant(US)), label(), "us.cbp", "de.customs");
    assertEquals(
        List.of(US), decision.permits().stream().map(permit -> permit.recipient()).toList());
    assertEquals("de.customs", decision.refusals().get(0).recipient());
    assertEquals(1, decision.consented().size());
  }

  @Test
  void jurisdiction_standsForItsMemberAgencies() {
    ConsentGrant there =
        new ConsentGrant(consent, SG, Set.of(), Set.of("US"), PURPOSE, SOON, false);
    assertEquals(1, withConsent(there).permits().size());
    ConsentGrant elsewhere =
        new ConsentGrant(consent, SG, Set.of(), Set.of("DE"), PURPOSE, SOON, false);
    refused(Code.CONSENT_REQUIRED, withConsent(elsewhere));
    ConsentGrant group =
        new ConsentGrant(consent, SG, Set.of(), Set.of("APEC"), PURPOSE, SOON, false);
    refused(Code.CONSENT_REQUIRED, withConsent(group));
  }

  @Test
  void grantThatEnded_isRefusedFromThatMomentOn_andSaysSo() {
    ConsentGrant ended = new ConsentGrant(consent, SG, Set.of(US), Set.of(), PURPOSE, NOW, false);
    String reason = refused(Code.CONSENT_REQUIRED, withConsent(ended));
    assertTrue(reason.contains(consent + " ended at " + NOW), reason);
    ConsentGrant lasts =
        new ConsentGrant(consent, SG, Set.of(US), Set.of(), PURPOSE, NOW.plusMillis(1), false);
    assertEquals(1, withConsent(lasts).permits().size());
  }

  @Test
  void revokedGrant_isRefused_andSaysSo() {
    ConsentGrant revoked = new ConsentGrant(consent, SG, Set.of(US), Set.of(), PURPOSE, SOON, true);
    String reason = refused(Code.CONSENT_REQUIRED, withConsent(revoked));
    assertTrue(reason.contains(consent + " was revoked"), reason);
  }

  @Test
  void purposeThatTheGrantDoesNotName_isRefused() {
    ConsentGrant other =
        new ConsentGrant(
            consent,
            SG,
            Set.of(US),
            Set.of(),
            Set.of(Purpose.PURPOSE_CUSTOMS_CONTROL),
            SOON,
            false);
    String reason = refused(Code.CONSENT_REQUIRED, withConsent(other));
    assertTrue(reason.contains("for CUSTOMS_CONTROL only"), reason);
  }

  /** A grant does not change for what the message came. */
  @Test
  void grantForAnotherPurpose_doesNotChangeThePurpose() {
    ConsentGrant both =
        new ConsentGrant(
            consent,
            SG,
            Set.of(US),
            Set.of(),
            Set.of(Purpose.PURPOSE_CUSTOMS_CONTROL, Purpose.PURPOSE_IPR_ENFORCEMENT),
            SOON,
            false);
    refused(
        Code.ONWARD_REFUSED,
        decide(
            policy("WITH_CONSENT"),
            source(label(), both),
            label().setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL),
            "us.cbp"));
  }

  @Test
  void grantOfAnotherThanTheOriginator_countsForNothing() {
    ConsentGrant forged = new ConsentGrant(consent, DE, Set.of(US), Set.of(), PURPOSE, SOON, false);
    String reason = refused(Code.CONSENT_REQUIRED, withConsent(forged));
    assertTrue(!reason.contains(consent.toString()), reason);
  }

  @Test
  void anyOfSeveralGrants_serves() {
    ConsentGrant revoked =
        new ConsentGrant(MessageId.fresh(2, random), SG, Set.of(US), Set.of(), PURPOSE, SOON, true);
    assertEquals(
        List.of(new AppliedConsent(consent, SG, id, US)),
        withConsent(revoked, grant(DE), grant(US)).consented());
  }

  /** Handling H2 and the agreement are both satisfied by one word of the originator. */
  @Test
  void handlingH2UnderAgreementWithConsent_needsOneGrant() {
    Policy policy = policy("WITH_CONSENT");
    assertEquals(
        1, decide(policy, source(secret(), grant(US)), secret(), "us.cbp").consented().size());
    refused(Code.CONSENT_REQUIRED, decide(policy, source(secret()), secret(), "us.cbp"));
  }

  /** What the two states agreed on is not an agency's to waive. */
  @Test
  void agreementThatLetsNothingBePassedOn_isNotLoosenedByAGrant() {
    Policy policy = policy("NONE");
    refused(Code.ONWARD_REFUSED, decide(policy, source(label(), grant(US)), label(), "us.cbp"));
    refused(Code.ONWARD_REFUSED, decide(policy, source(secret(), grant(US)), secret(), "us.cbp"));
  }

  @Test
  void agreementAmongItsParties_isNotLoosenedByAGrant() {
    refused(
        Code.ONWARD_REFUSED,
        decide(policy("WITHIN_PARTIES"), source(secret(), grant(US)), secret(), "us.cbp"));
  }

  @Test
  void whatMustGoAlong_isNotLoosenedByAGrant() {
    Policy policy = policy("WITH_CONSENT");
    refused(Code.ONWARD_REFUSED, decide(policy, source(secret(), grant(US)), label(), "us.cbp"));
    refused(
        Code.ONWARD_REFUSED,
        decide(
            policy,
            source(label().setClassification(Classification.CLASSIFICATION_RESTRICTED), grant(US)),
            label(),
            "us.cbp"));
    refused(
        Code.ONWARD_REFUSED,
        decide(policy, source(label().setPersonalData(true), grant(US)), label(), "us.cbp"));
  }

  @Test
  void grantAboutOneSource_saysNothingOfAnother() {
    OnwardSource granted = source(label(), grant(US));
    OnwardSource other =
        new OnwardSource(
            MessageId.fresh(3, random),
            label().setOrigin("sg.police").setAgreement("sample").build());
    PolicyDecision decision =
        policy("WITH_CONSENT")
            .egress()
            .decide(checked(label(), "us.cbp"), List.of(granted, other), FR, NOW);
    assertTrue(refused(Code.CONSENT_REQUIRED, decision).contains(other.id().toString()));
  }

  /** Without an agreement that covers the pair, consent opens no way. */
  @Test
  void grant_isNoAgreement() {
    ConsentGrant grant = grant(US);
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of("a.yaml", sample("onward_transfer: NONE", "onward_transfer: WITH_CONSENT")));
    refused(Code.NO_AGREEMENT, decide(policy, source(label(), grant), label(), "us.cbp"));
  }
}
