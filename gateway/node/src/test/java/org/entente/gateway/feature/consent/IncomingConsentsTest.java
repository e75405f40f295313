package org.entente.gateway.feature.consent;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.ConsentGrant;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.ConsentStatement.Content;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentDenied;
import org.entente.proto.v1.ConsentEntry;
import org.entente.proto.v1.ConsentGranted;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.ConsentRevoked;
import org.entente.proto.v1.ConsentState;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Notices of consent from members of which any may lie. */
class IncomingConsentsTest {
  @AutoClose private final ConsentNode node = new ConsentNode();

  private static Code code(Optional<Problem> refusal) {
    return refusal.orElseThrow(() -> new AssertionError("taken")).code();
  }

  private static ConsentNotice asks(ConsentAsked asked) {
    return ConsentNotice.newBuilder().setAsked(asked).build();
  }

  private static ConsentNotice denies(MessageId consent) {
    return ConsentNotice.newBuilder()
        .setDenied(
            ConsentDenied.newBuilder()
                .setConsentId(ConsentNode.bytes(consent))
                .setReason("not now")
                .setAt(Timestamps.fromMillis(1)))
        .build();
  }

  private static ConsentNotice revokes(MessageId consent) {
    return ConsentNotice.newBuilder()
        .setRevoked(
            ConsentRevoked.newBuilder()
                .setConsentId(ConsentNode.bytes(consent))
                .setReason("no longer")
                .setAt(Timestamps.fromMillis(1)))
        .build();
  }

  private ConsentNotice grants(Content content) {
    return ConsentNode.granted(ConsentStatement.sign(content, node.theirs));
  }

  private ConsentEntry own() {
    return node.consents.page(Side.ASKER, true, null, 10).consents().get(0);
  }

  @Test
  void request_isTakenFromWhoWasSentTheMessages() {
    MessageId message = node.sent(DE, SG);
    MessageId consent = node.isAsked(DE, message);
    assertEquals(
        ConsentNode.bytes(consent),
        node.consents.page(Side.ORIGINATOR, false, null, 10).consents().get(0).getConsentId());
    AuditRecord leaf = node.journal.only(AuditType.CONSENT_ASKED);
    assertEquals(DE, leaf.actor().agency());
    assertEquals(List.of(consent, message), leaf.subject().messages());
  }

  @Test
  void request_aboutWhatTheAskerWasNotSent_isRefused() {
    MessageId toOthers = node.sent(SG);
    MessageId nobodys = MessageId.fresh(1, node.random);
    MessageId both = node.sent(DE);
    MessageId training = node.sent(SentFacts.newBuilder().setExercise(true).build(), DE);
    MessageId recall = node.sent(SentFacts.newBuilder().setRecall(true).build(), DE);
    for (MessageId message : List.of(toOthers, nobodys, training, recall)) {
      assertEquals(
          Code.NOT_FOUND, code(node.hears(DE, asks(node.wanted(both, message)))), "" + message);
    }
    assertEquals(List.of(), node.consents.page(Side.ORIGINATOR, true, null, 10).consents());
  }

  @Test
  void request_forTooLong_isRefused() {
    ConsentAsked.Builder asked = node.wanted(node.sent(DE)).toBuilder();
    asked.setUntil(Timestamps.fromMillis(node.in(Duration.ofDays(367))));
    assertEquals(Code.INVALID_FIELD, code(node.hears(DE, asks(asked.build()))));
  }

  @Test
  void requestsWithoutEnd_areRefused_andThoseOfOthersAreNot() {
    MessageId message = node.sent(DE, SG);
    ConsentNotice notice = asks(node.wanted(message));
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < ConsentNode.MOST_UNDECIDED; i++) {
            MessageId id = MessageId.fresh(i, node.random);
            node.incoming.received(tx, DE, id, false, notice);
          }
          return 0;
        });
    assertEquals(Code.LIMIT_REACHED, code(node.hears(DE, notice)));
    assertEquals(Optional.empty(), node.hears(SG, notice));
    MessageId first = ConsentTable.of(node.ledger).page(Side.ORIGINATOR, null, 1).get(0).id();
    node.deciding.deny(ConsentNode.DESK, first, "not now", ConsentNode.PERSON).join();
    assertEquals(Optional.empty(), node.hears(DE, notice), "one was decided on");
  }

  /** However long the asking agency would have the consent: else it had no room for a year. */
  @Test
  void requestsThatNobodyDecidesOn_lapse_andLeaveRoom() {
    ConsentAsked.Builder asked = node.wanted(node.sent(DE)).toBuilder();
    asked.setUntil(Timestamps.fromMillis(node.in(Duration.ofDays(300))));
    MessageId first = MessageId.fresh(1, node.random);
    assertEquals(Optional.empty(), node.hears(DE, first, asks(asked.build())));
    for (int i = 1; i < ConsentNode.MOST_UNDECIDED; i++) {
      assertEquals(Optional.empty(), node.hears(DE, asks(asked.build())));
    }
    node.clock.move(ConsentTable.DECIDED_WITHIN.minusMillis(1));
    assertEquals(0, lapse());
    assertEquals(Code.LIMIT_REACHED, code(node.hears(DE, asks(asked.build()))));
    node.clock.move(Duration.ofMillis(1));
    assertEquals(100, lapse());
    assertEquals(ConsentNode.MOST_UNDECIDED - 100, lapse());
    assertEquals(0, lapse());
    assertEquals(0, ConsentTable.of(node.ledger).open(DE));

    assertEquals(List.of(), node.consents.page(Side.ORIGINATOR, false, null, 10).consents());
    assertEquals(
        ConsentState.CONSENT_STATE_ENDED,
        node.consents.page(Side.ORIGINATOR, true, null, 10).consents().get(0).getState());
    Problem late =
        Results.problem(
            node.deciding
                .grant(ConsentNode.DESK, first, GrantedScope.NONE, ConsentNode.PERSON)
                .join());
    assertEquals(Code.EXPIRED, late.code());
    assertEquals("nobody decided on it within 30 days; de.customs can ask again", late.message());
    assertEquals(Optional.empty(), node.hears(DE, asks(asked.build())));
    assertEquals(1, ConsentTable.of(node.ledger).open(DE));
  }

  private int lapse() {
    return node.ledger.commit(
        Lane.ROUTINE,
        ConsentTable.of(node.ledger).lapsing(node.clock.instant().toEpochMilli(), 100));
  }

  /** A record that cannot be read keeps no other from lapsing, and does not count for good. */
  @Test
  void damagedRecord_lapsesAsOthersDo() {
    MessageId message = node.sent(DE);
    MessageId damaged = node.isAsked(DE, message);
    node.isAsked(DE, message);
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          byte[] key = KeyBuilder.key().u8(1).bytes(damaged.bytes()).done();
          tx.put(Table.CONSENT, key, new byte[] {0});
          return damaged;
        });
    node.clock.move(ConsentTable.DECIDED_WITHIN);
    assertEquals(2, lapse());
    assertEquals(0, lapse());
    assertEquals(0, ConsentTable.of(node.ledger).open(DE));
  }

  @Test
  void grant_thatTheOriginatorSigned_isInForce() {
    MessageId message = node.received(SG);
    MessageId consent = node.ask(message);
    assertEquals(Optional.empty(), node.hears(SG, grants(node.statement(consent, message))));
    assertEquals(ConsentState.CONSENT_STATE_GRANTED, own().getState());
    ConsentGrant grant = node.grants.of(message).get(0);
    assertEquals(consent, grant.id());
    assertEquals(SG, grant.grantor());
    assertFalse(grant.revoked());
    assertEquals(SG, node.journal.only(AuditType.CONSENT_GRANTED).actor().agency());
  }

  /** What is not signed by a gateway of the agency that was asked is no grant. */
  @Test
  void grant_forged_isRefused() {
    MessageId message = node.received(SG);
    MessageId consent = node.ask(message);
    Content content = node.statement(consent, message);
    Ed25519SigningKey other = Ed25519SigningKey.generate(node.random);
    assertEquals(
        Code.BAD_SIGNATURE,
        code(node.hears(SG, ConsentNode.granted(ConsentStatement.sign(content, other)))));
    byte[] altered = ConsentStatement.sign(content, node.theirs).encoded();
    altered[altered.length - 65] ^= 1;
    ConsentNotice later =
        ConsentNotice.newBuilder()
            .setGranted(ConsentGranted.newBuilder().setStatement(ByteString.copyFrom(altered)))
            .build();
    assertEquals(Code.BAD_SIGNATURE, code(node.hears(SG, later)));
    ConsentNotice garbage =
        ConsentNotice.newBuilder()
            .setGranted(ConsentGranted.newBuilder().setStatement(ByteString.copyFromUtf8("yes")))
            .build();
    assertEquals(Code.MALFORMED, code(node.hears(SG, garbage)));
    Content unknownGateway =
        new Content(
            StatementFrame.to(
                content.federation(),
                content.grantor(),
                new NodeName("gateway-9"),
                content.grantee(),
                content.issuedAtMs()),
            content.id(),
            content.terms());
    assertEquals(Code.BAD_SIGNATURE, code(node.hears(SG, grants(unknownGateway))));
    assertEquals(List.of(), node.grants.of(message));
  }

  /** A statement that is true, but says something else. */
  @Test
  void grant_meantForSomethingElse_isRefused() {
    MessageId message = node.received(SG);
    MessageId another = node.received(SG);
    MessageId consent = node.ask(message);
    Content good = node.statement(consent, message);
    assertEquals(
        Code.NOT_FOUND, code(node.hears(SG, grants(node.statement(consent, message, another)))));
    assertEquals(
        Code.NOT_FOUND,
        code(node.hears(SG, grants(node.statement(MessageId.fresh(1, node.random), message)))));
    Content toOthers =
        new Content(
            StatementFrame.to(
                good.federation(), good.grantor(), good.gateway(), DE, good.issuedAtMs()),
            consent,
            good.terms());
    assertEquals(Code.HEADER_MISMATCH, code(node.hears(SG, grants(toOthers))));
    Content elsewhere =
        new Content(
            StatementFrame.to(
                new FederationName("other.example"),
                good.grantor(),
                good.gateway(),
                good.grantee(),
                good.issuedAtMs()),
            consent,
            good.terms());
    assertEquals(Code.HEADER_MISMATCH, code(node.hears(SG, grants(elsewhere))));
    assertEquals(List.of(), node.grants.of(message));
    assertEquals(ConsentState.CONSENT_STATE_OPEN, own().getState());
  }

  /** The originator alone answers, and its word cannot be carried by another. */
  @Test
  void answers_ofOthersThanTheOriginator_areRefused() {
    MessageId message = node.received(SG);
    MessageId consent = node.ask(message);
    assertEquals(
        Code.HEADER_MISMATCH, code(node.hears(DE, grants(node.statement(consent, message)))));
    assertEquals(Code.NOT_FOUND, code(node.hears(DE, denies(consent))));
    assertEquals(Code.NOT_FOUND, code(node.hears(DE, revokes(consent))));
    assertEquals(ConsentState.CONSENT_STATE_OPEN, own().getState());
  }

  @Test
  void answer_toATrainingRequest_isTraining() {
    MessageId message = node.received(SG, Status.STATUS_EXERCISE);
    MessageId consent = node.ask(message);
    ConsentNotice grant = grants(node.statement(consent, message));
    assertEquals(Code.NOT_FOUND, code(node.hears(SG, grant)));
    Label training = Label.newBuilder().setStatus(Status.STATUS_EXERCISE).build();
    assertEquals(Optional.empty(), node.incoming.refusal(SG, training, grant));
  }

  @Test
  void grant_comingAgainAfterItsRevocation_hasNoEffect() {
    MessageId message = node.received(SG);
    MessageId consent = node.ask(message);
    ConsentNotice grant = grants(node.statement(consent, message));
    node.hears(SG, grant);
    node.hears(SG, revokes(consent));
    assertTrue(node.grants.of(message).get(0).revoked());
    assertEquals(Optional.empty(), node.hears(SG, grant), "kept, and nothing more");
    assertTrue(node.grants.of(message).get(0).revoked());
    assertEquals(ConsentState.CONSENT_STATE_REVOKED, own().getState());
    assertEquals("no longer", own().getReason());
    assertTrue(node.journal.last().outcome().detail().startsWith("without effect"));
  }

  @Test
  void revocation_comingBeforeItsGrant_preventsIt() {
    MessageId message = node.received(SG);
    MessageId consent = node.ask(message);
    node.hears(SG, revokes(consent));
    node.hears(SG, grants(node.statement(consent, message)));
    assertEquals(List.of(), node.grants.of(message));
    assertEquals(ConsentState.CONSENT_STATE_REVOKED, own().getState());
  }

  @Test
  void denied_staysDenied() {
    MessageId message = node.received(SG);
    MessageId consent = node.ask(message);
    node.hears(SG, denies(consent));
    node.hears(SG, grants(node.statement(consent, message)));
    node.hears(SG, revokes(consent));
    assertEquals(List.of(), node.grants.of(message));
    assertEquals(ConsentState.CONSENT_STATE_DENIED, own().getState());
    assertEquals("not now", own().getReason());
  }

  @Test
  void grants_aboutOneMessage_areGivenTheLatestFirst() {
    MessageId message = node.received(SG);
    MessageId first = node.ask(message);
    node.hears(SG, grants(node.statement(first, message)));
    node.clock.move(Duration.ofSeconds(1));
    MessageId second = node.ask(message);
    node.hears(SG, grants(node.statement(second, message)));
    assertEquals(
        List.of(second, first), node.grants.of(message).stream().map(ConsentGrant::id).toList());
    assertEquals(List.of(), node.grants.of(node.received(SG)));
  }

  /** Among the parties of an agreement nobody is asked, and the originator is told. */
  @Test
  void use_thatNeededNoConsent_isInTheAuditLog_asPassedOnByTheRecipient() {
    MessageId message = node.sent(DE);
    MessageId next = MessageId.fresh(2, node.random);
    EvidenceItem.Builder item =
        EvidenceItem.newBuilder()
            .setKind(EvidenceKind.EVIDENCE_KIND_PASSED_ON)
            .setAgency("de.customs")
            .setMessageId(ConsentNode.bytes(message))
            .setPassedOnAs(ConsentNode.bytes(next))
            .addPassedOnTo("us.cbp");
    for (ByteString none :
        List.of(ByteString.EMPTY, ConsentNode.bytes(EvidenceRecords.NO_CONSENT))) {
      node.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            node.incoming.used(tx, item.setConsentId(none).build());
            return 0;
          });
    }
    assertEquals(
        List.of(AuditType.PASSED_ON, AuditType.PASSED_ON),
        node.journal.types().stream().filter(AuditType.PASSED_ON::equals).toList());
    AuditRecord leaf = node.journal.last();
    assertEquals(DE, leaf.actor().agency());
    assertEquals(List.of(message, next), leaf.subject().messages());
    assertEquals(List.of(DE, new AgencyName("us.cbp")), leaf.subject().agencies());
  }

  @Test
  void use_thatARecipientStates_isInTheAuditLog() {
    MessageId message = node.sent(DE);
    MessageId consent = MessageId.fresh(1, node.random);
    MessageId next = MessageId.fresh(2, node.random);
    EvidenceItem item =
        EvidenceItem.newBuilder()
            .setKind(EvidenceKind.EVIDENCE_KIND_PASSED_ON)
            .setAgency("de.customs")
            .setMessageId(ConsentNode.bytes(message))
            .setConsentId(ConsentNode.bytes(consent))
            .setPassedOnAs(ConsentNode.bytes(next))
            .addPassedOnTo("us.cbp")
            .build();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.incoming.used(tx, item);
          return 0;
        });
    AuditRecord leaf = node.journal.only(AuditType.CONSENT_USED);
    assertEquals(DE, leaf.actor().agency());
    assertEquals(List.of(message, consent, next), leaf.subject().messages());
    assertEquals(List.of(DE, new AgencyName("us.cbp")), leaf.subject().agencies());
  }
}
