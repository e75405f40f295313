package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentDenied;
import org.entente.proto.v1.ConsentGranted;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.ConsentRevoked;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notices of consent need no agreement, so nothing else may travel as one. */
class ConsentMessagesTest {
  private final Policy policy = PolicyFixture.demo();
  private final LabelCheck check = new LabelCheck(MessageLimits.defaults());
  private final MessageId id = MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());
  private final ByteString bytes = ByteString.copyFrom(id.bytes());

  private ConsentAsked.Builder asked() {
    return ConsentAsked.newBuilder()
        .addMessageIds(bytes)
        .addAgencies("us.cbp")
        .addPurposes(Purpose.PURPOSE_IPR_ENFORCEMENT)
        .setUntil(Timestamps.fromMillis(NOW.plusSeconds(60).toEpochMilli()))
        .setReason("seizure in Newark");
  }

  private ConsentNotice notice() {
    return ConsentNotice.newBuilder().setAsked(asked()).build();
  }

  private ConsentNotice revoked() {
    return ConsentNotice.newBuilder()
        .setRevoked(
            ConsentRevoked.newBuilder()
                .setConsentId(bytes)
                .setReason("no longer")
                .setAt(Timestamps.fromMillis(1)))
        .build();
  }

  private Optional<Permitted> message(ConsentNotice notice, AgencyName to, Instant needed) {
    return policy.messages().consent(id, notice, FR, to, false, needed, NOW);
  }

  private Permitted message() {
    return message(notice(), DE, NOW).orElseThrow();
  }

  private IngressPolicy.Verdict taken(Label label) {
    return policy.ingress().decide(FR, label, 100, DE, NOW);
  }

  @Test
  void notice_isTakenByTheRecipient_andStillGoesAfterWaiting() {
    Permitted message = message();
    assertEquals(List.of(), check.received(message.label(), message.body()));
    assertInstanceOf(IngressPolicy.Verdict.Accepted.class, taken(message.label()));
    assertEquals(
        Optional.empty(),
        policy.egress().recheck(PolicyFixture.waiting(message.label(), 100), FR, DE, NOW));
  }

  @Test
  void notice_toWhoIsNoMember_isNone() {
    assertEquals(Optional.empty(), message(notice(), new AgencyName("it.customs"), NOW));
    assertEquals(Optional.empty(), message(notice(), FR, NOW));
  }

  @Test
  void revocation_overtakes_andLivesAsLongAsItMatters() {
    assertEquals(Lane.PRIORITY, message().lane());
    Instant needed = NOW.plus(Duration.ofDays(200));
    Permitted revocation = message(revoked(), DE, needed).orElseThrow();
    assertEquals(Lane.FLASH, revocation.lane());
    assertEquals(needed, revocation.expires());
    assertEquals(NOW.plus(Duration.ofDays(30)), message().expires());
  }

  @Test
  void label_thatHoldsAnythingElse_isRefused() {
    List<UnaryOperator<Label.Builder>> more =
        List.of(
            label -> label.setCategory(Category.CATEGORY_IPR),
            label -> label.setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT),
            label -> label.addHandling(Handling.HANDLING_H1),
            label -> label.setCaseRef("case"),
            label -> label.setLegalBasis("a treaty"),
            label -> label.addJurisdictions("FR"),
            label -> label.setPersonalData(true),
            label -> label.setRetentionDays(9_999),
            label -> label.setAgreement("recall"),
            label -> label.setClassification(Classification.CLASSIFICATION_SECRET));
    for (UnaryOperator<Label.Builder> change : more) {
      Label label = change.apply(message().label().toBuilder()).build();
      assertEquals(
          Code.NOT_COVERED,
          assertInstanceOf(IngressPolicy.Verdict.Refused.class, taken(label)).refusal().code(),
          label.toString());
    }
  }

  @Test
  void body_thatIsNotAsItMustBe_isRefused() {
    ByteString shortId = bytes.substring(1);
    List<ConsentNotice> wrong =
        List.of(
            ConsentNotice.getDefaultInstance(),
            ConsentNotice.newBuilder().setAsked(asked().clearMessageIds()).build(),
            ConsentNotice.newBuilder().setAsked(asked().addMessageIds(shortId)).build(),
            ConsentNotice.newBuilder().setAsked(asked().addMessageIds(bytes)).build(),
            ConsentNotice.newBuilder().setAsked(asked().clearAgencies()).build(),
            ConsentNotice.newBuilder().setAsked(asked().addAgencies("Nobody")).build(),
            ConsentNotice.newBuilder().setAsked(asked().addJurisdictions("EUROPE")).build(),
            ConsentNotice.newBuilder().setAsked(asked().clearPurposes()).build(),
            ConsentNotice.newBuilder().setAsked(asked().clearUntil()).build(),
            ConsentNotice.newBuilder().setAsked(asked().setReason("")).build(),
            ConsentNotice.newBuilder().setGranted(ConsentGranted.getDefaultInstance()).build(),
            ConsentNotice.newBuilder()
                .setGranted(
                    ConsentGranted.newBuilder().setStatement(ByteString.copyFrom(new byte[4_097])))
                .build(),
            ConsentNotice.newBuilder().setDenied(ConsentDenied.getDefaultInstance()).build(),
            ConsentNotice.newBuilder()
                .setRevoked(revoked().getRevoked().toBuilder().clearReason())
                .build());
    for (ConsentNotice notice : wrong) {
      Body body = Body.newBuilder().setConsent(notice).build();
      assertTrue(
          !check.received(message().label(), body.toByteString()).isEmpty(), notice.toString());
    }
  }

  @Test
  void body_underAnotherKind_isRefused() {
    Label alert = message().label().toBuilder().setKind(Kind.KIND_RECALL).build();
    assertEquals(Code.LABEL_BODY_MISMATCH, check.received(alert, message().body()).get(0).code());
  }

  /** Gateways make them, when a person asks or decides. */
  @Test
  void clients_cannotPublishOne() {
    Draft.Builder draft = PolicyFixture.draft(PolicyFixture.label(), "de.customs");
    draft.getLabelBuilder().setKind(Kind.KIND_CONSENT);
    draft.setBody(Body.newBuilder().setConsent(notice()));
    DraftCheck refused = check.draft(draft.build(), NOW);
    assertEquals(
        "label.kind",
        assertInstanceOf(DraftCheck.InvalidDraft.class, refused).problems().get(0).field());
    draft.getLabelBuilder().setKind(Kind.KIND_ALERT);
    assertInstanceOf(DraftCheck.InvalidDraft.class, check.draft(draft.build(), NOW));
  }

  @Test
  void agreement_cannotTakeItsName_norCoverItsKind(@TempDir Path folder) {
    Map<String, String> named = Map.of("a.yaml", sample("id: sample", "id: consent"));
    assertTrue(
        PolicyFixture.onlyProblem(PolicyFixture.load(folder, named, DemoMembership.demo()))
            .contains(
                "none of charge, consent, evidence, recall, responders, roster,"
                    + " roster-given-back"));
    Map<String, String> covering =
        Map.of("a.yaml", sample("kinds: [ALERT]", "kinds: [ALERT, CONSENT]"));
    assertTrue(
        PolicyFixture.onlyProblem(PolicyFixture.load(folder, covering, DemoMembership.demo()))
            .contains("a consent needs no agreement"));
  }
}
