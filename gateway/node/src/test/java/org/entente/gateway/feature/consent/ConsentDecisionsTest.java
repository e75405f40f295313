package org.entente.gateway.feature.consent;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.ConsentEntry;
import org.entente.proto.v1.ConsentState;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A person in France decides what Germany asks about what France sent to it. */
class ConsentDecisionsTest {
  @AutoClose private final ConsentNode node = new ConsentNode();
  private final MessageId message = node.sent(DE);
  private final MessageId consent = node.isAsked(DE, message);

  private Result<ConsentDecisions.Decided> grant(GrantedScope narrowing) {
    return node.deciding.grant(ConsentNode.DESK, consent, narrowing, ConsentNode.PERSON).join();
  }

  private Problem refused(Result<ConsentDecisions.Decided> answer) {
    return Results.problem(answer);
  }

  private ConsentEntry entry() {
    return node.consents.page(Side.ORIGINATOR, true, null, 10).consents().get(0);
  }

  private Result<ConsentDecisions.Decided> deny() {
    return node.deciding.deny(ConsentNode.DESK, consent, "not now", ConsentNode.PERSON).join();
  }

  private Result<ConsentDecisions.Decided> revoke() {
    return node.deciding.revoke(ConsentNode.DESK, consent, "no longer", ConsentNode.PERSON).join();
  }

  @Test
  void request_isListedUntilItIsOver() {
    assertEquals(ConsentState.CONSENT_STATE_OPEN, entry().getState());
    assertEquals("de.customs", entry().getAgency());
    assertEquals(node.wanted(message), entry().getAsked());
    node.clock.move(Duration.ofDays(10));
    assertEquals(List.of(), node.consents.page(Side.ORIGINATOR, false, null, 10).consents());
    assertEquals(ConsentState.CONSENT_STATE_ENDED, entry().getState());
    assertEquals(Code.EXPIRED, refused(grant(GrantedScope.NONE)).code());
  }

  @Test
  void granted_isASignedStatementOnItsWay_withTheOfficerInTheAuditLog() {
    Results.value(grant(GrantedScope.NONE));
    ConsentEntry entry = entry();
    assertEquals(ConsentState.CONSENT_STATE_GRANTED, entry.getState());
    ConsentStatement statement =
        ConsentStatement.parse(entry.getStatement().toByteArray()).orElseThrow();
    assertTrue(statement.isSignedBy(node.parts.identity().key().verifyingKey()));
    ConsentStatement.Content content = statement.content();
    assertEquals(ConsentNode.SELF, content.grantor());
    assertEquals(DE, content.grantee());
    assertEquals(consent, content.id());
    assertEquals(
        new ConsentStatement.Terms(
            List.of(message),
            List.of(new AgencyName("us.cbp")),
            List.of("DE"),
            List.of(Purpose.PURPOSE_CUSTOMS_CONTROL_VALUE, Purpose.PURPOSE_IPR_ENFORCEMENT_VALUE),
            node.in(Duration.ofDays(10))),
        content.terms());
    AuditRecord leaf = node.journal.only(AuditType.CONSENT_GRANTED);
    assertEquals(List.of(consent, message), leaf.subject().messages());
    assertEquals("FR-7", requireNonNull(leaf.actor().onBehalfOf()).officer());
    assertEquals(1, node.ledger.outbox().page(DE, Lane.PRIORITY, null, 9).size());
  }

  @Test
  void granted_canBeLessThanWasAsked() {
    Result<ConsentDecisions.Decided> answer =
        grant(
            new GrantedScope(
                List.of("de.customs"),
                List.of(),
                List.of(Purpose.PURPOSE_IPR_ENFORCEMENT),
                Timestamps.fromMillis(node.in(Duration.ofDays(1)))));
    ConsentStatement.Terms terms = requireNonNull(Results.value(answer).granted());
    assertEquals(List.of(DE), terms.agencies(), "it is in a jurisdiction that was asked for");
    assertEquals(List.of(), terms.jurisdictions());
    assertEquals(List.of(Purpose.PURPOSE_IPR_ENFORCEMENT_VALUE), terms.purposes());
    assertEquals(node.in(Duration.ofDays(1)), terms.untilMs());
  }

  @Test
  void granted_isNeverMoreThanWasAsked() {
    Stream.of(
            new GrantedScope(List.of("sg.police"), List.of(), List.of(), null),
            new GrantedScope(List.of("nobody at all"), List.of(), List.of(), null),
            new GrantedScope(List.of(), List.of("US"), List.of(), null),
            new GrantedScope(List.of(), List.of(), List.of(Purpose.PURPOSE_PRODUCT_SAFETY), null),
            new GrantedScope(
                List.of(),
                List.of(),
                List.of(),
                Timestamps.fromMillis(node.in(Duration.ofDays(11)))),
            new GrantedScope(List.of(), List.of(), List.of(), Timestamps.fromMillis(1)))
        .forEach(more -> assertEquals(Code.INVALID_FIELD, refused(grant(more)).code()));
    assertEquals(ConsentState.CONSENT_STATE_OPEN, entry().getState());
    assertEquals(List.of(), node.ledger.outbox().page(DE, Lane.PRIORITY, null, 9));
  }

  @Test
  void decision_withoutOfficerJustificationOrReason_isRefused() {
    OnBehalfOf nobody = ConsentNode.PERSON.toBuilder().clearOfficer().build();
    OnBehalfOf noReason = ConsentNode.PERSON.toBuilder().clearJustification().build();
    assertEquals(
        "on_behalf_of.officer",
        refused(node.deciding.grant(ConsentNode.DESK, consent, GrantedScope.NONE, nobody).join())
            .field());
    assertEquals(
        "on_behalf_of.justification",
        refused(node.deciding.deny(ConsentNode.DESK, consent, "why", noReason).join()).field());
    assertEquals(
        "reason",
        refused(node.deciding.revoke(ConsentNode.DESK, consent, "", ConsentNode.PERSON).join())
            .field());
  }

  @Test
  void denied_isTold_andEndsIt() {
    Results.value(deny());
    assertEquals(ConsentState.CONSENT_STATE_DENIED, entry().getState());
    assertEquals("not now", entry().getReason());
    node.journal.only(AuditType.CONSENT_DENIED);
    assertEquals(1, node.ledger.outbox().page(DE, Lane.PRIORITY, null, 9).size());
    assertEquals(Code.NOT_FOUND, refused(grant(GrantedScope.NONE)).code());
    assertEquals(Code.NOT_FOUND, refused(revoke()).code());
  }

  @Test
  void revoked_overtakes_andEndsIt() {
    assertEquals(Code.NOT_FOUND, refused(revoke()).code(), "nothing is granted yet");
    grant(GrantedScope.NONE);
    assertEquals(Code.NOT_FOUND, refused(deny()).code(), "already granted");
    Results.value(revoke());
    assertEquals(ConsentState.CONSENT_STATE_REVOKED, entry().getState());
    assertTrue(entry().hasGranted(), "what was granted stays on record");
    node.journal.only(AuditType.CONSENT_REVOKED);
    assertEquals(1, node.ledger.outbox().page(DE, Lane.FLASH, null, 9).size());
    assertEquals(Code.NOT_FOUND, refused(revoke()).code());
  }

  @Test
  void twoDecisionsAtOnce_oneCounts() {
    List<CompletableFuture<Result<ConsentDecisions.Decided>>> both =
        List.of(
            node.deciding.grant(ConsentNode.DESK, consent, GrantedScope.NONE, ConsentNode.PERSON),
            node.deciding.deny(ConsentNode.DESK, consent, "not now", ConsentNode.PERSON));
    long done =
        both.stream()
            .map(CompletableFuture::join)
            .filter(answer -> answer.refusal().isEmpty())
            .count();
    assertEquals(1, done);
    assertEquals(1, node.ledger.outbox().page(DE, Lane.PRIORITY, null, 9).size());
  }

  @Test
  void unknownConsent_isNotFound() {
    MessageId unknown = MessageId.fresh(1, node.random);
    assertEquals(
        Code.NOT_FOUND,
        refused(
                node.deciding
                    .grant(ConsentNode.DESK, unknown, GrantedScope.NONE, ConsentNode.PERSON)
                    .join())
            .code());
  }

  /** One's own request is not one's own to grant. */
  @Test
  void ownRequest_isNotGrantedByWhoAsked() {
    MessageId own = node.ask(node.received(SG));
    assertEquals(
        Code.NOT_FOUND,
        refused(
                node.deciding
                    .grant(ConsentNode.DESK, own, GrantedScope.NONE, ConsentNode.PERSON)
                    .join())
            .code());
  }

  @Test
  void records_areForgottenWhenTheirTimeIsOver() {
    MessageId own = node.ask(node.received(SG));
    long later = node.in(Duration.ofDays(401));
    int pruned = node.ledger.commit(Lane.ROUTINE, ConsentTable.of(node.ledger).removal(later, 100));
    assertEquals(2, pruned);
    assertEquals(List.of(), node.consents.page(Side.ORIGINATOR, true, null, 10).consents());
    assertEquals(List.of(), node.consents.page(Side.ASKER, true, null, 10).consents());
    assertEquals(0, ConsentTable.of(node.ledger).open(DE));
    assertEquals(List.of(), ConsentTable.of(node.ledger).about(own, 10));
  }
}
