package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** National classifications: known, of the right level, and understood by the recipient. */
class ClassificationTest {
  private static final Policy DEMO = PolicyFixture.demo();
  private static final String RESTREINTE = "DIFFUSION RESTREINTE";
  private static final String VS_NFD = "VS-NUR FÜR DEN DIENSTGEBRAUCH";

  private final MessageId id = MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());

  @TempDir Path folder;

  private static Label.Builder marked(Classification level, String scheme, String marking) {
    return label()
        .setClassification(level)
        .setClassificationScheme(scheme)
        .setClassificationMarking(marking);
  }

  private static Label.Builder restricted(String scheme, String marking) {
    return marked(Classification.CLASSIFICATION_RESTRICTED, scheme, marking);
  }

  private static PolicyDecision decide(
      Policy policy, AgencyName from, Label.Builder label, String to) {
    return policy.egress().decide(checked(label, to), from, NOW);
  }

  private static void refused(
      Policy policy,
      AgencyName from,
      Label.Builder label,
      String to,
      Code code,
      String rule,
      String reason) {
    // Twice: the second ruling is one that was remembered.
    for (int i = 0; i < 2; i++) {
      PolicyDecision decision = decide(policy, from, label, to);
      assertEquals(List.of(), decision.permits());
      Refusal refusal = decision.refusals().get(0);
      assertEquals(code + " " + rule, refusal.code() + " " + refusal.rule());
      assertTrue(refusal.reason().contains(reason), refusal.reason());
    }
  }

  private static ClassificationEquivalent equivalent(String scheme, String marking) {
    return ClassificationEquivalent.newBuilder().setScheme(scheme).setMarking(marking).build();
  }

  @Test
  void marking_thatTheRecipientKnowsAnEquivalentOf_goes_andTheLabelStaysTheOriginators() {
    Label.Builder label = restricted("FR", RESTREINTE);
    Label sent = decide(DEMO, FR, label, "de.customs").permitted(id).get(0).label();
    assertEquals("FR", sent.getClassificationScheme());
    assertEquals(RESTREINTE, sent.getClassificationMarking());
    assertEquals(Classification.CLASSIFICATION_RESTRICTED, sent.getClassification());
    assertInstanceOf(
        IngressPolicy.Verdict.Accepted.class, DEMO.ingress().decide(FR, sent, 10, DE, NOW));
    assertEquals(Optional.of(equivalent("DE", VS_NFD)), DEMO.equivalent(sent, DE));
    assertEquals(Optional.of(equivalent("SG", "RESTRICTED")), DEMO.equivalent(sent, SG));
  }

  @Test
  void labelWithoutScheme_isAskedNothing_andHasNoEquivalent() {
    Label.Builder label = label().setClassification(Classification.CLASSIFICATION_RESTRICTED);
    assertEquals(1, decide(DEMO, FR, label, "de.customs").permits().size());
    assertEquals(Optional.empty(), DEMO.equivalent(label.build(), DE));
  }

  @Test
  void level_thatIsNotTheMarkings_isRefusedBeforeItIsSealed() {
    refused(
        DEMO,
        FR,
        marked(Classification.CLASSIFICATION_UNCLASSIFIED, "FR", RESTREINTE),
        "de.customs",
        Code.CLASSIFICATION_MISMATCH,
        "classification/FR",
        "FR DIFFUSION RESTREINTE is RESTRICTED; the label says UNCLASSIFIED");
    refused(
        DEMO,
        FR,
        restricted("FR", "SECRET"),
        "de.customs",
        Code.CLASSIFICATION_MISMATCH,
        "classification/FR",
        "FR SECRET is SECRET; the label says RESTRICTED");
  }

  @Test
  void schemeOrMarking_thatNoListHas_isRefusedNamingWhatThereIs() {
    refused(
        DEMO,
        FR,
        restricted("ZZ", "RESTRICTED"),
        "de.customs",
        Code.CLASSIFICATION_UNKNOWN,
        "classification",
        "known here: DE, EU, FR, SG, US");
    refused(
        DEMO,
        FR,
        restricted("FR", "DIFFUSION LIMITÉE"),
        "de.customs",
        Code.CLASSIFICATION_UNKNOWN,
        "classification/FR",
        "it has DIFFUSION RESTREINTE, SECRET");
    refused(
        PolicyFixture.policy(folder, Map.of("a.yaml", sample())),
        FR,
        restricted("FR", RESTREINTE),
        "sg.police",
        Code.CLASSIFICATION_UNKNOWN,
        "classification",
        "known here: none");
  }

  @Test
  void equivalence_inTheWrongDirection_isNone() {
    assertEquals(1, decide(DEMO, FR, restricted("FR", RESTREINTE), "sg.police").permits().size());
    refused(
        DEMO,
        SG,
        restricted("SG", "RESTRICTED"),
        "fr.customs",
        Code.NO_EQUIVALENT,
        "equivalence/SG-FR",
        "no equivalent of SG RESTRICTED in FR is configured; the entry FR-SG covers only the "
            + "opposite direction");
    assertEquals(Optional.empty(), DEMO.equivalent(restricted("SG", "RESTRICTED").build(), FR));
  }

  @Test
  void marking_thatAnEquivalenceDoesNotName_isRefused() {
    refused(
        ceiling("SECRET"),
        FR,
        marked(Classification.CLASSIFICATION_SECRET, "FR", "SECRET"),
        "sg.police",
        Code.NO_EQUIVALENT,
        "equivalence/FR-SG",
        "no equivalent of FR SECRET in SG is configured");
  }

  /** The sample under the shipped lists, up to a level. */
  private Policy ceiling(String level) {
    Path codes = PolicyFixture.CONFIG.resolve("codes");
    return PolicyFixture.policy(
        folder,
        Map.of(
            "a.yaml",
            sample("ceiling: RESTRICTED", "ceiling: " + level),
            "codes/schemes.yaml",
            PolicyFixture.text(codes.resolve("schemes.yaml")),
            "codes/equivalences.yaml",
            PolicyFixture.text(codes.resolve("equivalences.yaml"))));
  }

  @Test
  void recipientsOwnScheme_needsNoEquivalent_whoeverSends() {
    Label label = restricted("DE", VS_NFD).build();
    assertEquals(1, decide(DEMO, FR, label.toBuilder(), "de.customs").permits().size());
    assertEquals(Optional.empty(), DEMO.equivalent(label, DE));
  }

  @Test
  void recipientThatHandlesByNoScheme_isRefused_andAnAgencyMayHaveOneOfItsOwn() {
    String schemes = PolicyFixture.text(PolicyFixture.CONFIG.resolve("codes/schemes.yaml"));
    refused(
        PolicyFixture.policy(
            folder,
            Map.of("a.yaml", sample(), "codes/s.yaml", schemes.replace("    used_by: [SG]\n", ""))),
        FR,
        restricted("FR", RESTREINTE),
        "sg.police",
        Code.NO_EQUIVALENT,
        "equivalence/FR",
        "sg.police has no known classification scheme");
    Policy byName =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                sample(),
                "codes/s.yaml",
                schemes.replace("used_by: [FR]", "used_by: [FR, sg.police]")));
    assertEquals(1, decide(byName, FR, restricted("FR", RESTREINTE), "sg.police").permits().size());
  }

  /** The sender's lists say yes; the recipient's decide for the recipient. */
  @Test
  void senderWhoseListsSayMore_isHeldToTheRecipients() {
    Label sent =
        decide(DEMO, FR, restricted("FR", RESTREINTE), "sg.police").permitted(id).get(0).label();
    Policy without =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                sample("id: sample", "id: fr-sg-ipr", "retention_days: 90", "retention_days: 180"),
                "codes/s.yaml",
                PolicyFixture.text(PolicyFixture.CONFIG.resolve("codes/schemes.yaml"))));
    var refused =
        assertInstanceOf(
            IngressPolicy.Verdict.Refused.class, without.ingress().decide(FR, sent, 10, SG, NOW));
    assertEquals(Code.NO_EQUIVALENT, refused.refusal().code());
    assertEquals("equivalence/FR-SG", refused.refusal().rule());
    assertEquals(Code.INGRESS_REFUSED, refused.forOrigin().code());
  }

  @Test
  void lyingSender_isRefusedByTheRecipient() {
    Label honest =
        decide(DEMO, FR, restricted("FR", RESTREINTE), "sg.police").permitted(id).get(0).label();
    assertIngress(honest.toBuilder().setClassificationMarking("SECRET"), "CLASSIFICATION_MISMATCH");
    assertIngress(
        honest.toBuilder().setClassification(Classification.CLASSIFICATION_UNCLASSIFIED),
        "CLASSIFICATION_MISMATCH");
    assertIngress(honest.toBuilder().setClassificationScheme("DE"), "CLASSIFICATION_UNKNOWN");
    assertIngress(honest.toBuilder().clearClassificationScheme(), "CLASSIFICATION_UNKNOWN");
    assertIngress(honest.toBuilder().clearClassificationMarking(), "CLASSIFICATION_UNKNOWN");
  }

  private static void assertIngress(Label.Builder label, String code) {
    var refused =
        assertInstanceOf(
            IngressPolicy.Verdict.Refused.class,
            DEMO.ingress().decide(FR, label.build(), 10, SG, NOW));
    assertEquals(code, refused.refusal().code().name());
  }

  /** While mail waits, lists can change; what has no equivalent any more does not leave. */
  @Test
  void mailThatWaits_isHeldToTheListsOfNow() {
    Label sent =
        decide(DEMO, FR, restricted("FR", RESTREINTE), "de.customs").permitted(id).get(0).label();
    assertEquals(
        Optional.empty(), DEMO.egress().recheck(PolicyFixture.waiting(sent, 10), FR, DE, NOW));
    Refusal refusal =
        DEMO.egress()
            .recheck(
                PolicyFixture.waiting(sent.toBuilder().setClassificationScheme("US").build(), 10),
                FR,
                DE,
                NOW)
            .orElseThrow();
    assertEquals(Code.CLASSIFICATION_UNKNOWN, refusal.code());
  }

  @Test
  void whatIsPassedOn_keepsTheMarkingOfItsOriginator() {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                sample(
                    "onward_transfer: NONE",
                    "onward_transfer: WITHIN_PARTIES",
                    "    - agency: sg.police\n",
                    "    - agency: sg.police\n    - agency: de.customs\n"),
                "codes/schemes.yaml",
                PolicyFixture.text(PolicyFixture.CONFIG.resolve("codes/schemes.yaml")),
                "codes/equivalences.yaml",
                PolicyFixture.text(PolicyFixture.CONFIG.resolve("codes/equivalences.yaml"))));
    OnwardSource source =
        new OnwardSource(
            id, restricted("DE", VS_NFD).setOrigin("de.customs").setAgreement("sample").build());
    Label.Builder plain = label().setClassification(Classification.CLASSIFICATION_RESTRICTED);
    PolicyDecision stripped =
        policy.egress().decide(checked(plain, "sg.police"), List.of(source), FR, NOW);
    assertEquals(List.of(), stripped.permits());
    assertEquals("onward/classification_scheme", stripped.refusals().get(0).rule());
    PolicyDecision relabelled =
        policy
            .egress()
            .decide(checked(restricted("FR", RESTREINTE), "sg.police"), List.of(source), FR, NOW);
    assertEquals("onward/classification_scheme", relabelled.refusals().get(0).rule());
  }
}
