package org.entente.gateway.feature.consent;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentEntry;
import org.entente.proto.v1.ConsentState;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** France asks Singapore whether it may pass on what it received from it. */
class ConsentRequestsTest {
  @AutoClose private final ConsentNode node = new ConsentNode();

  private Problem refused(ConsentAsked wanted) {
    return refused(wanted, ConsentNode.PERSON);
  }

  private Problem refused(ConsentAsked wanted, OnBehalfOf person) {
    Result<ConsentRequests.Sent> answer = node.asking.ask(ConsentNode.DESK, wanted, person).join();
    assertEquals(List.of(), node.consents.page(Side.ASKER, true, null, 10).consents());
    return Results.problem(answer);
  }

  @Test
  void asked_isListedOnItsWayAndInTheAuditLog_withTheOfficer() {
    MessageId message = node.received(SG);
    MessageId consent = node.ask(message);
    ConsentEntry entry = node.consents.page(Side.ASKER, false, null, 10).consents().get(0);
    assertEquals(ConsentNode.bytes(consent), entry.getConsentId());
    assertEquals("sg.police", entry.getAgency());
    assertEquals(ConsentState.CONSENT_STATE_OPEN, entry.getState());
    assertEquals(node.wanted(message), entry.getAsked());
    AuditRecord leaf = node.journal.only(AuditType.CONSENT_ASKED);
    assertEquals(List.of(consent, message), leaf.subject().messages());
    assertEquals(List.of(SG), leaf.subject().agencies());
    assertEquals("FR-7", requireNonNull(leaf.actor().onBehalfOf()).officer());
    assertEquals(1, node.ledger.outbox().page(SG, Lane.PRIORITY, null, 9).size());
    assertEquals(
        List.of("sg.police"),
        node.parts
            .sending()
            .evidence()
            .sent(node.ledger.evidence(), consent)
            .orElseThrow()
            .getRecipientsList());
  }

  @Test
  void withoutPurposes_thoseOfTheMessagesAreAskedFor() {
    MessageId message = node.received(SG);
    node.asking
        .ask(
            ConsentNode.DESK,
            node.wanted(message).toBuilder().clearPurposes().build(),
            ConsentNode.PERSON)
        .join();
    assertEquals(
        List.of(Purpose.PURPOSE_IPR_ENFORCEMENT),
        node.consents
            .page(Side.ASKER, false, null, 10)
            .consents()
            .get(0)
            .getAsked()
            .getPurposesList());
  }

  /** More could not count, and each draft that passes the message on would read them. */
  @Test
  void requestsAboutAMessage_areBounded_andOthersAreNot() {
    MessageId message = node.received(SG);
    for (int i = 0; i < ConsentGrantLookup.LATEST; i++) {
      NodeName client = new NodeName("desk-" + i);
      node.asking.ask(client, node.wanted(message), ConsentNode.PERSON).join();
    }
    ConsentAsked wanted = node.wanted(node.received(SG), message);
    Problem problem =
        Results.problem(node.asking.ask(ConsentNode.DESK, wanted, ConsentNode.PERSON).join());
    assertEquals(Code.LIMIT_REACHED, problem.code());
    assertEquals("message_ids[1]", problem.field());
    assertEquals(
        ConsentGrantLookup.LATEST,
        node.consents.page(Side.ASKER, false, null, 100).consents().size());
    assertTrue(node.ask(node.received(SG)).millis() > 0);
  }

  @Test
  void requestsOfOneClient_leaveRoomForThoseOfOthers() {
    MessageId message = node.received(SG);
    for (int i = 0; i < ConsentGrantLookup.LATEST; i++) {
      node.asking.ask(ConsentNode.DESK, node.wanted(message), ConsentNode.PERSON).join();
    }
    assertEquals(
        ConsentGrantLookup.LATEST / 2,
        node.consents.page(Side.ASKER, false, null, 100).consents().size());
    Result<ConsentRequests.Sent> other =
        node.asking.ask(new NodeName("other"), node.wanted(message), ConsentNode.PERSON).join();
    assertTrue(Results.value(other).consent().millis() > 0);
  }

  /** Attack: the originator is away, and one client asks it again and again. */
  @Test
  void requestsOfOneClient_leaveRoomInWhatWaitsForTheOriginator() {
    node.leave(DiskThresholds.DEFAULT.refuseBelow() + (1 << 16));
    int asked = 0;
    Result<ConsentRequests.Sent> last;
    do {
      ConsentAsked wanted = node.wanted(node.received(SG));
      last = node.asking.ask(ConsentNode.DESK, wanted, ConsentNode.PERSON).join();
      asked++;
    } while (last instanceof Result.Done && asked < 100);
    assertEquals(Code.OVERLOADED, Results.problem(last).code());
    assertTrue(asked > 2, "each client has a share");
    assertEquals(asked - 1, node.consents.page(Side.ASKER, false, null, 100).consents().size());
    ConsentAsked wanted = node.wanted(node.received(SG));
    Result<ConsentRequests.Sent> other =
        node.asking.ask(new NodeName("other"), wanted, ConsentNode.PERSON).join();
    assertTrue(Results.value(other).consent().millis() > 0);
  }

  @Test
  void request_onAFullDisk_isRefusedAndLeavesNoLeaf() {
    ConsentAsked wanted = node.wanted(node.received(SG));
    node.leave(1 << 20);
    assertEquals(Code.STORAGE_FULL, refused(wanted).code());
    assertEquals(List.of(), node.journal.types());
  }

  /** Each of them finds room before the first is committed. */
  @Test
  void callsAtOnce_haveNoMoreThanTheirShare_andAnEarlierGrantCounts() {
    MessageId message = node.received(SG);
    isGranted(node.ask(message), message);
    List<CompletableFuture<Result<ConsentRequests.Sent>>> asked = new ArrayList<>();
    CompletableFuture<Integer> begun = new CompletableFuture<>();
    var unused = node.ledger.write(Lane.FLASH, tx -> begun.join());
    for (int i = 0; i < 3 * ConsentGrantLookup.LATEST; i++) {
      NodeName client = new NodeName("hostile-" + i % 2);
      asked.add(node.asking.ask(client, node.wanted(message), ConsentNode.PERSON));
    }
    begun.complete(asked.size());
    List<Problem> problems =
        asked.stream().flatMap(one -> one.join().refusal().stream()).distinct().toList();
    assertEquals(List.of(Code.LIMIT_REACHED), problems.stream().map(Problem::code).toList());
    assertEquals("message_ids[0]", problems.get(0).field());
    long taken = asked.stream().filter(one -> one.join().refusal().isEmpty()).count();
    assertEquals(2 * (ConsentGrantLookup.LATEST / 3), taken);
    assertEquals(1, node.grants.of(message).size());
    assertTrue(node.ask(message).millis() > 0);
  }

  private void isGranted(MessageId consent, MessageId message) {
    ConsentStatement.Content content = node.statement(consent, message);
    assertEquals(
        Optional.empty(),
        node.hears(SG, ConsentNode.granted(ConsentStatement.sign(content, node.theirs))));
  }

  @Test
  void requestsThatAreForgotten_leaveRoom() {
    MessageId message = node.received(SG);
    isGranted(fill(message), message);
    Mutation<Integer> removal =
        ConsentTable.of(node.ledger).removal(node.in(Duration.ofDays(401)), 100);
    assertEquals(ConsentGrantLookup.LATEST / 2, node.ledger.commit(Lane.ROUTINE, removal));
    fill(message);
  }

  /** Takes a client's share of a message, which is half of all; the last request. */
  private MessageId fill(MessageId message) {
    for (int i = 1; i < ConsentGrantLookup.LATEST / 2; i++) {
      node.ask(message);
    }
    MessageId last = node.ask(message);
    Result<ConsentRequests.Sent> over =
        node.asking.ask(ConsentNode.DESK, node.wanted(message), ConsentNode.PERSON).join();
    assertEquals(Code.LIMIT_REACHED, Results.code(over));
    return last;
  }

  /** The originator takes so many of the whole agency, whatever messages they are about. */
  @Test
  void undecidedRequestsOfOneClient_areAsManyAsAreFree_andOthersHaveRoom_alsoOverARestart() {
    fillUndecided();
    Problem problem = overflow(SG);
    assertEquals(Code.LIMIT_REACHED, problem.code());
    assertEquals("message_ids", problem.field());
    assertTrue(problem.message().startsWith("sg.police takes 140 undecided requests"));
    assertTrue(node.ask(node.received(DE)).millis() > 0, "another originator has room");
    Result<ConsentRequests.Sent> other =
        node.asking
            .ask(new NodeName("other"), node.wanted(node.received(SG)), ConsentNode.PERSON)
            .join();
    assertTrue(Results.value(other).consent().millis() > 0);
    ConsentTable again = new ConsentTable(node.store, node.ledger.unreadable());
    assertEquals(
        new ConsentTable.Requests(
            ConsentNode.MOST_UNDECIDED / 2, ConsentNode.MOST_UNDECIDED / 2 + 1),
        again.undecided(SG, token()));
  }

  @Test
  void requestThatIsDecided_orRefused_orLapses_leavesRoom() {
    MessageId message = node.received(SG);
    MessageId first = node.ask(message);
    for (int i = 1; i < ConsentNode.MOST_UNDECIDED / 2; i++) {
      node.ask(node.received(SG));
    }
    overflow(SG);
    isGranted(first, message);
    MessageId next = node.ask(node.received(SG));
    overflow(SG);
    refuses("de.customs", next);
    overflow(SG);
    refuses("sg.police", next);
    refuses("sg.police", next);
    node.ask(node.received(SG));
    overflow(SG);
    node.clock.move(ConsentTable.DECIDED_WITHIN);
    assertEquals(0, lapse(), "the originator received them later");
    overflow(SG);
    node.clock.move(Duration.ofDays(1));
    assertEquals(ConsentNode.MOST_UNDECIDED / 2, lapse());
    assertEquals(
        new ConsentTable.Requests(0, 0), ConsentTable.of(node.ledger).undecided(SG, token()));
    node.ask(node.received(SG));
  }

  @Test
  void requestWhoseRecordIsDamaged_leavesRoomWhenItLapses() {
    MessageId damaged = node.ask(node.received(SG));
    byte[] key = KeyBuilder.key().u8(2).bytes(damaged.bytes()).done();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.CONSENT, key, new byte[] {0});
          return damaged;
        });
    node.clock.move(ConsentTable.DECIDED_WITHIN.plusDays(1));
    assertEquals(1, lapse());
    assertEquals(
        new ConsentTable.Requests(0, 0), ConsentTable.of(node.ledger).undecided(SG, token()));
  }

  /** As its originator's gateway states it. */
  private void refuses(String agency, MessageId consent) {
    EvidenceItem item =
        EvidenceItem.newBuilder()
            .setKind(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY)
            .setMessageId(ConsentNode.bytes(consent))
            .setAgency(agency)
            .setRecipient(agency)
            .setCode(Code.LIMIT_REACHED.name())
            .build();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.hook.evidence(tx, item, true);
          return consent;
        });
  }

  private int lapse() {
    return node.ledger.commit(
        Lane.ROUTINE,
        ConsentTable.of(node.ledger).lapsing(node.clock.instant().toEpochMilli(), 100));
  }

  /** Each of them finds room before the first is committed. */
  @Test
  void requestsAtOnce_haveNoMoreThanTheirShare() {
    List<CompletableFuture<Result<ConsentRequests.Sent>>> asked = new ArrayList<>();
    CompletableFuture<Integer> begun = new CompletableFuture<>();
    var unused = node.ledger.write(Lane.FLASH, tx -> begun.join());
    for (int i = 0; i < ConsentNode.MOST_UNDECIDED; i++) {
      ConsentAsked wanted = node.wanted(node.received(SG));
      asked.add(node.asking.ask(ConsentNode.DESK, wanted, ConsentNode.PERSON));
    }
    begun.complete(asked.size());
    long taken = asked.stream().filter(one -> one.join().refusal().isEmpty()).count();
    assertEquals(ConsentNode.MOST_UNDECIDED / 2, taken);
  }

  private void fillUndecided() {
    for (int i = 0; i < ConsentNode.MOST_UNDECIDED / 2; i++) {
      node.ask(node.received(SG));
    }
  }

  private Problem overflow(AgencyName originator) {
    ConsentAsked wanted = node.wanted(node.received(originator));
    return Results.problem(node.asking.ask(ConsentNode.DESK, wanted, ConsentNode.PERSON).join());
  }

  private ByteString token() {
    return ByteString.copyFrom(node.ledger.names().token(ConsentNode.DESK.value()));
  }

  @Test
  void messageNeverReceived_isNotFound() {
    MessageId here = node.received(SG);
    Problem problem = refused(node.wanted(here, MessageId.fresh(1, node.random)));
    assertEquals(Code.NOT_FOUND, problem.code());
    assertEquals("message_ids[1]", problem.field());
  }

  @Test
  void messagesOfSeveralOriginators_orTrainingAndActual_areRefused() {
    MessageId one = node.received(SG);
    assertEquals("message_ids", refused(node.wanted(one, node.received(DE))).field());
    MessageId training = node.received(SG, Status.STATUS_EXERCISE);
    assertEquals("message_ids", refused(node.wanted(one, training)).field());
  }

  @Test
  void withoutOfficerOrJustification_isRefused() {
    ConsentAsked wanted = node.wanted(node.received(SG));
    assertEquals(
        "on_behalf_of.officer",
        refused(wanted, ConsentNode.PERSON.toBuilder().clearOfficer().build()).field());
    assertEquals(
        "on_behalf_of.justification",
        refused(wanted, ConsentNode.PERSON.toBuilder().clearJustification().build()).field());
  }

  @Test
  void whatIsNotAsItMustBe_isRefusedByField() {
    ConsentAsked good = node.wanted(node.received(SG));
    assertEquals("reason", refused(good.toBuilder().setReason(" ").build()).field());
    assertEquals("reason", refused(good.toBuilder().setReason("a\nb").build()).field());
    assertEquals(
        "agencies", refused(good.toBuilder().clearAgencies().clearJurisdictions().build()).field());
    assertEquals("agencies", refused(good.toBuilder().addAgencies("sg.police").build()).field());
    assertEquals("agencies", refused(good.toBuilder().addAgencies("fr.customs").build()).field());
    assertEquals("agencies", refused(good.toBuilder().addAgencies("us.cbp").build()).field());
    assertEquals(
        "jurisdictions", refused(good.toBuilder().addJurisdictions("EUROPE").build()).field());
    assertEquals(
        "purposes",
        refused(good.toBuilder().addPurposes(Purpose.PURPOSE_UNSPECIFIED).build()).field());
    assertEquals("until", refused(good.toBuilder().clearUntil().build()).field());
    assertEquals("until", refused(until(good, Duration.ZERO)).field());
    assertEquals("until", refused(until(good, Duration.ofDays(366))).field());
    assertEquals("message_ids", refused(good.toBuilder().clearMessageIds().build()).field());
    assertEquals(
        "message_ids",
        refused(
                good.toBuilder()
                    .addAllMessageIds(Collections.nCopies(16, good.getMessageIds(0)))
                    .build())
            .field());
    assertEquals(
        "message_ids",
        refused(good.toBuilder().addMessageIds(good.getMessageIds(0)).build()).field());
  }

  private ConsentAsked until(ConsentAsked asked, Duration time) {
    return asked.toBuilder().setUntil(Timestamps.fromMillis(node.in(time))).build();
  }

  @Test
  void originatorThatLeft_isNotAsked() {
    MessageId message = node.received(new AgencyName("it.customs"));
    assertEquals(Code.NO_RECIPIENT, refused(node.wanted(message)).code());
  }
}
