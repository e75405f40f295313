package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.BodyCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.TimestampConversion;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class IngressPolicyTest {
  private static final Policy DEMO = PolicyFixture.demo();
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");

  /** What an honest fr.customs sends to sg.police. */
  private static final Label HONEST =
      DEMO.egress().decide(checked(label(), "sg.police"), FR, NOW).permitted(ID).get(0).label();

  @TempDir Path folder;

  @Test
  void honestSender_isAccepted() {
    assertEquals(
        new IngressPolicy.Verdict.Accepted("fr-sg-ipr", 180, DEMO.version()),
        DEMO.ingress().decide(FR, HONEST, 100, SG, NOW));
  }

  @TestFactory
  Stream<DynamicTest> lyingSender_isRefused() {
    return Stream.of(
        lie(
            "category",
            "NOT_COVERED fr-sg-ipr/categories",
            it -> it.setCategory(Category.CATEGORY_NARCOTICS)),
        lie(
            "purpose",
            "NOT_COVERED fr-sg-ipr/purposes",
            it -> it.setPurpose(Purpose.PURPOSE_CRIMINAL_INVESTIGATION)),
        lie("kind unknown", "NOT_COVERED fr-sg-ipr/kinds", it -> it.setKindValue(99)),
        lie("category unknown", "NOT_COVERED fr-sg-ipr/categories", it -> it.setCategoryValue(77)),
        lie(
            "classification",
            "ABOVE_CEILING fr-sg-ipr/classification_ceiling",
            it -> it.setClassification(Classification.CLASSIFICATION_SECRET)),
        lie(
            "classification absent",
            "ABOVE_CEILING fr-sg-ipr/classification_ceiling",
            it -> it.clearClassification()),
        lie(
            "classification negative",
            "ABOVE_CEILING fr-sg-ipr/classification_ceiling",
            it -> it.setClassificationValue(-1)),
        lie(
            "handling",
            "NOT_COVERED fr-sg-ipr/handling",
            it -> it.addHandling(Handling.HANDLING_H0)),
        lie(
            "retention too long",
            "NOT_COVERED fr-sg-ipr/retention_days",
            it -> it.setRetentionDays(181)),
        lie("retention wraps", "INVALID_FIELD label/retention_days", it -> it.setRetentionDays(-1)),
        lie(
            "retention absent",
            "INVALID_FIELD label/retention_days",
            it -> it.clearRetentionDays()),
        lie(
            "agreement of others",
            "NO_AGREEMENT eu-customs-cooperation/between",
            it -> it.setAgreement("eu-customs-cooperation")),
        lie("agreement unknown", "NO_AGREEMENT invented", it -> it.setAgreement("invented")),
        lie("agreement absent", "NO_AGREEMENT ", it -> it.clearAgreement()),
        lie("agreement evidence", "NO_AGREEMENT evidence", it -> it.setAgreement("evidence")),
        lie("origin", "HEADER_MISMATCH label/origin", it -> it.setOrigin("de.customs")),
        lie(
            "expired",
            "EXPIRED label/expires_at",
            it -> it.setExpiresAt(TimestampConversion.timestamp(NOW))),
        lie("expiry absent", "EXPIRED label/expires_at", it -> it.clearExpiresAt()),
        lie(
            "kind evidence with content",
            "NOT_COVERED evidence",
            it -> it.setKind(Kind.KIND_EVIDENCE)));
  }

  private static DynamicTest lie(
      String name, String expected, UnaryOperator<Label.Builder> change) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Label label = change.apply(HONEST.toBuilder()).build();
          Refusal refusal = refusal(DEMO.ingress().decide(FR, label, 100, SG, NOW));
          assertEquals(expected, refusal.code() + " " + refusal.rule());
          assertEquals("sg.police", refusal.recipient());
        });
  }

  private static Refusal refusal(IngressPolicy.Verdict verdict) {
    return assertInstanceOf(IngressPolicy.Verdict.Refused.class, verdict).refusal();
  }

  @Test
  void senderUnderOtherRules_isHeldToTheRecipients() {
    // Germany's gateway is broken: it claims the arrangement that binds France only.
    Label forged = HONEST.toBuilder().setOrigin("de.customs").build();
    Refusal refusal = refusal(DEMO.ingress().decide(DE, forged, 100, SG, NOW));
    assertEquals(Code.NO_AGREEMENT, refusal.code());
    assertEquals("fr-sg-ipr/between", refusal.rule());
  }

  @Test
  void bodyOverTheAgreementsLimit_isRefused() {
    Refusal refusal = refusal(DEMO.ingress().decide(FR, HONEST, 262_145, SG, NOW));
    assertEquals(Code.TOO_LARGE, refusal.code());
  }

  @Test
  void agreementEndedWhileTheMessageTravelled_isAgreementEnded() {
    Label late =
        HONEST.toBuilder()
            .setExpiresAt(TimestampConversion.timestamp(Instant.parse("2040-01-01T00:00:00Z")))
            .build();
    Refusal refusal =
        refusal(DEMO.ingress().decide(FR, late, 1, SG, Instant.parse("2035-01-01T00:00:00Z")));
    assertEquals(Code.AGREEMENT_ENDED, refusal.code());
    assertEquals("fr-sg-ipr/valid", refusal.rule());
  }

  @Test
  void senderThatLeftTheFederation_isUnknownPeer() {
    Policy without = new Policy(DEMO.rulebook(), DemoMembership.demo().without("fr.customs"), 10);
    assertEquals(
        Code.UNKNOWN_PEER, refusal(without.ingress().decide(FR, HONEST, 1, SG, NOW)).code());
  }

  @Test
  void nodeRuleOfIngress_refusesAndTheOriginIsToldBoth() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                PolicyFixture.sample(),
                "node-rules.yaml",
                """
                rules:
                  - id: not-from-france
                    when: INGRESS
                    deny_if: origin == "fr.customs"
                    reason: suspended
                """));
    Permitted sent =
        policy.egress().decide(checked(label(), "sg.police"), FR, NOW).permitted(ID).get(0);
    IngressPolicy.Verdict verdict =
        policy.ingress().decide(FR, sent.label(), sent.body().size(), SG, NOW);
    assertEquals(Code.NODE_RULE, refusal(verdict).code());
    Refusal told = assertInstanceOf(IngressPolicy.Verdict.Refused.class, verdict).forOrigin();
    assertEquals(
        new Refusal("sg.police", Code.INGRESS_REFUSED, "node", "NODE_RULE: suspended"), told);
  }

  /** Threat 80: by naming agreements, a member would learn which there are, and between whom. */
  @Test
  void agreementOfOthers_looksToTheOriginLikeOneThatDoesNotExist() {
    Label label = HONEST.toBuilder().setAgreement("eu-customs-cooperation").build();
    Label invented = HONEST.toBuilder().setAgreement("invented").build();
    IngressPolicy.Verdict.Refused ofOthers = refused(label);
    assertEquals(refused(invented).forOrigin(), ofOthers.forOrigin());
    assertEquals(
        new Refusal(
            "sg.police",
            Code.INGRESS_REFUSED,
            "",
            "no agreement of this name lets the origin send to the recipient"),
        ofOthers.forOrigin());
    assertEquals("eu-customs-cooperation/between", ofOthers.refusal().rule(), "the own log says");
    assertTrue(
        ofOthers.refusal().reason().contains("this agreement covers EU"),
        ofOthers.refusal()::reason);
  }

  @Test
  void ownAgreementThatDoesNotCoverIt_isNamedToTheOrigin() {
    Label secret =
        HONEST.toBuilder().setClassification(Classification.CLASSIFICATION_SECRET).build();
    Refusal told = refused(secret).forOrigin();
    assertEquals("fr-sg-ipr/classification_ceiling", told.rule());
    assertTrue(told.reason().startsWith("ABOVE_CEILING: "), told::reason);
  }

  /** Threat 80: a condition can name agencies, cases and people that the origin has no need of. */
  @Test
  void conditions_areToldToNobodyElse_whetherFalseOrNotToBeEvaluated() {
    String named = "origin != 'us.cbp' && label.case_ref == 'CASE-7'";
    String failing = "int(label.case_ref) == 7 && origin != 'us.cbp'";
    for (String condition : List.of(named, failing)) {
      Policy policy =
          PolicyFixture.policy(
              folder,
              Map.of(
                  "a.yaml",
                  PolicyFixture.sample(
                      "  personal_data: false",
                      "  personal_data: false\n  condition: \"" + condition + "\"")));
      Label label = HONEST.toBuilder().setAgreement("sample").setRetentionDays(90).build();
      IngressPolicy.Verdict verdict = policy.ingress().decide(FR, label, 100, SG, NOW);
      Refusal told = assertInstanceOf(IngressPolicy.Verdict.Refused.class, verdict).forOrigin();
      assertTrue(told.reason().startsWith("CONDITION_FA"), told::reason);
      assertFalse(told.toString().contains("us.cbp"), told::toString);
      assertFalse(told.toString().contains("case_ref"), told::toString);
    }
  }

  private static IngressPolicy.Verdict.Refused refused(Label label) {
    return assertInstanceOf(
        IngressPolicy.Verdict.Refused.class, DEMO.ingress().decide(FR, label, 100, SG, NOW));
  }

  @Test
  void evidence_betweenMembers_needsNoAgreement() {
    Permitted evidence = evidence(SG, FR);
    assertEquals(
        new IngressPolicy.Verdict.Accepted("evidence", 365, DEMO.version()),
        DEMO.ingress().decide(SG, evidence.label(), evidence.body().size(), FR, NOW));
    assertTrue(
        new LabelCheck(MessageLimits.defaults())
            .received(evidence.label(), evidence.body())
            .isEmpty());
    assertTrue(
        DEMO.egress()
            .recheck(PolicyFixture.waiting(evidence.label(), evidence.body().size()), SG, FR, NOW)
            .isEmpty());
  }

  @Test
  void evidence_withAnythingElseInItsLabel_isRefused() {
    Label label = evidence(SG, FR).label();
    for (Label bad :
        new Label[] {
          label.toBuilder().setCaseRef("smuggled").build(),
          label.toBuilder().setCategory(Category.CATEGORY_IPR).build(),
          label.toBuilder().setRetentionDays(9_999).build(),
          label.toBuilder().setAgreement("fr-sg-ipr").build(),
        }) {
      assertEquals(Code.NOT_COVERED, refusal(DEMO.ingress().decide(SG, bad, 1, FR, NOW)).code());
    }
  }

  @Test
  void evidence_toNobody_isNotMade() {
    assertTrue(message(FR, FR).isEmpty());
    assertTrue(message(FR, new AgencyName("jp.customs")).isEmpty());
  }

  private static Permitted evidence(AgencyName from, AgencyName to) {
    return message(from, to).orElseThrow();
  }

  private static java.util.Optional<Permitted> message(AgencyName from, AgencyName to) {
    EvidenceItem item =
        EvidenceItem.newBuilder()
            .setMessageId(HONEST.getMessageId())
            .setKindValue(6)
            .setAgency(from.value())
            .setAt(TimestampConversion.timestamp(NOW))
            .build();
    EvidenceBatch batch = EvidenceBatch.newBuilder().addItems(item).build();
    return DEMO.messages().evidence(ID, batch, from, to, Lane.IMMEDIATE, false, NOW);
  }

  /** Names of its own clients are all that a recipient says of who had a message. */
  @Test
  void clientsThatHadIt_areNamedInAnswersToRecallsAlone_andFewOfThem() {
    EvidenceItem.Builder answer =
        EvidenceItem.newBuilder()
            .setMessageId(HONEST.getMessageId())
            .setKind(EvidenceKind.EVIDENCE_KIND_ERASURE)
            .setAgency(FR.value())
            .setAt(TimestampConversion.timestamp(NOW));
    for (int i = 0; i < BodyCheck.MAX_CLIENTS; i++) {
      answer.addAlsoRetrievedBy("client-" + i);
    }
    String field = "body.evidence.items[0].also_retrieved_by";
    assertEquals(List.of(), fields(answer));
    assertEquals(List.of(field), fields(answer.clone().addAlsoRetrievedBy("one more")));
    assertEquals(
        List.of(field), fields(answer.clone().setKind(EvidenceKind.EVIDENCE_KIND_RETRIEVAL)));
    assertEquals(List.of(field), fields(answer.clone().setAlsoRetrievedBy(0, "x\u001b[2J")));
    assertEquals(List.of(field), fields(answer.clone().setAlsoRetrievedBy(0, "x".repeat(65))));
  }

  @Test
  void attestedMachines_areCountedInAnswersToRecallsAlone() {
    EvidenceItem.Builder answer =
        EvidenceItem.newBuilder()
            .setMessageId(HONEST.getMessageId())
            .setKind(EvidenceKind.EVIDENCE_KIND_ERASURE)
            .setAgency(FR.value())
            .setAt(TimestampConversion.timestamp(NOW))
            .setAttestedMachines(1);
    List<String> refused = List.of("body.evidence.items[0].attested_machines");
    assertEquals(List.of(), fields(answer));
    assertEquals(refused, fields(answer.clone().setKind(EvidenceKind.EVIDENCE_KIND_RETRIEVAL)));
    assertEquals(refused, fields(answer.clone().setAttestedMachines(-1)));
  }

  private static List<String> fields(EvidenceItem.Builder item) {
    EvidenceBatch batch = EvidenceBatch.newBuilder().addItems(item).build();
    Permitted message =
        DEMO.messages().evidence(ID, batch, FR, DE, Lane.IMMEDIATE, false, NOW).orElseThrow();
    return new LabelCheck(MessageLimits.defaults())
        .received(message.label(), message.body()).stream().map(Problem::field).toList();
  }

  @Test
  void everythingThatEgressPermits_ingressUnderTheSameRulesAccepts() {
    for (AgencyName recipient : new AgencyName[] {DE, SG, US}) {
      for (Category category : Category.values()) {
        for (Purpose purpose : Purpose.values()) {
          if (category == Category.UNRECOGNIZED
              || purpose == Purpose.UNRECOGNIZED
              || category.getNumber() * purpose.getNumber() == 0) {
            continue;
          }
          PolicyDecision decision =
              DEMO.egress()
                  .decide(
                      checked(label().setCategory(category).setPurpose(purpose), recipient.value()),
                      FR,
                      NOW);
          if (decision.outcome() == PolicyDecision.Outcome.ACCEPTED) {
            Permitted it = decision.permitted(ID).get(0);
            assertInstanceOf(
                IngressPolicy.Verdict.Accepted.class,
                DEMO.ingress()
                    .decide(
                        FR,
                        it.label(),
                        it.body().size(),
                        recipient,
                        NOW.plus(Duration.ofHours(1))));
          }
        }
      }
    }
  }
}
