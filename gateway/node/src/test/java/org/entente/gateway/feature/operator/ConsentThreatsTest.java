package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.testkit.Agencies;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.SubscribeResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code fr.customs} may try at {@code de.customs} with consents that it attaches to what it
 * passes on, and what subscribers there get.
 */
class ConsentThreatsTest {
  private static final FederationName FEDERATION = new FederationName("test.example");

  @AutoClose private final QuarantineNode node;
  private final SecureRandom random = new SecureRandom();
  private final long now;
  private final long nextWeek;

  ConsentThreatsTest(@TempDir Path folder) throws IOException {
    node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
    now = node.now.toEpochMilli();
    nextWeek = node.now.plus(Duration.ofDays(7)).toEpochMilli();
  }

  private byte[] consent(AgencyName grantor, long issuedAt, long until) {
    return ConsentStatement.sign(
            new ConsentStatement.Content(
                StatementFrame.to(
                    FEDERATION, grantor, ReceiveKit.originGateway(), ReceiveKit.ORIGIN, issuedAt),
                MessageId.fresh(now, random),
                new ConsentStatement.Terms(
                    List.of(MessageId.fresh(now, random)),
                    List.of(ReceiveKit.SELF),
                    List.of(),
                    List.of(Purpose.PURPOSE_IPR_ENFORCEMENT_VALUE),
                    until)),
            node.kit.originKey())
        .encoded();
  }

  private Permitted under(CarriedConsent.Builder consent) {
    AlertText text = AlertText.newBuilder().setLanguage("en").setHeadline("passed on").build();
    Body body =
        Body.newBuilder()
            .setAlert(Alert.newBuilder().addTexts(text))
            .addPassedOnUnder(consent)
            .build();
    return PermittedFixture.alert(
        MessageId.fresh(ReceiveKit.ORIGIN, now, random),
        ReceiveKit.ORIGIN,
        Lane.PRIORITY,
        body,
        node.now,
        ReceiveKit.SELF.value());
  }

  /** A consent of {@code sg.police}, whose gateway has the same key here. */
  private Permitted under(long issuedAt, long until) {
    return under(
        CarriedConsent.newBuilder()
            .setStatement(ByteString.copyFrom(consent(Agencies.SG, issuedAt, until)))
            .setVoucher(ByteString.copyFrom(node.kit.bundleOf(Agencies.SG).encoded())));
  }

  private void refused(Code code, Permitted message) {
    node.kit.deliver(message);
    assertFalse(node.isKept(message.messageId()));
    List<EvidenceItem> owed = node.kit.owed();
    EvidenceItem last = owed.get(owed.size() - 1);
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, last.getKind());
    assertEquals(code.name(), last.getCode(), last.getReason());
  }

  private List<String> headlines(String cursor) {
    return node.all(cursor).stream()
        .map(SubscribeResponse::getDelivery)
        .map(one -> one.getBody().getAlert().getTexts(0).getHeadline())
        .toList();
  }

  /** No timestamp holds such a time: each cursor ended at the message, and again, for good. */
  @Test
  void consentOfTheYear292277026_isRefused_andSubscribersGoOn() {
    refused(Code.MALFORMED, under(now, Long.MAX_VALUE));
    refused(Code.MALFORMED, under(Long.MAX_VALUE, nextWeek));
    refused(Code.MALFORMED, under(FieldReader.LAST_TIME + 1, nextWeek));
    node.kit.deliver(node.alert("after"));
    assertEquals(List.of("after"), headlines("desk"));
  }

  @Test
  void consentToTheEndOfTheYear9999_isDelivered() {
    Permitted message = under(now, FieldReader.LAST_TIME);
    node.kit.deliver(message);
    assertTrue(node.isKept(message.messageId()), () -> node.kit.owed().toString());
    assertEquals(List.of("passed on"), headlines("desk"));
    assertEquals(
        253_402_300_799L,
        node.all("another").get(0).getDelivery().getConsents(0).getUntil().getSeconds());
  }

  /** Whoever passes on needs another's consent; its own says nothing. */
  @Test
  void consentToItself_isRefused() {
    byte[] announcement =
        node.sealed(node.alert("any")).getStanzas(0).getAnnouncement().toByteArray();
    refused(
        Code.CONSENT_REQUIRED,
        under(
            CarriedConsent.newBuilder()
                .setAnnouncement(true)
                .setStatement(ByteString.copyFrom(consent(ReceiveKit.ORIGIN, now, nextWeek)))
                .setVoucher(ByteString.copyFrom(announcement))));
  }
}
