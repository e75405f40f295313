package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.RelayRefusal;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliverySettlementTest {
  private static final AgencyName JP = new AgencyName("jp.customs");
  private static final Lane LANE = Lane.PRIORITY;
  private static final byte[] HASH = Sha256.hash(new byte[] {7});

  private final SecureRandom random = new SecureRandom();
  private final MessageId id = MessageId.fresh(1, random);
  private final EvidenceRecords evidence =
      new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), random), FR);
  private final InstantSource clock = InstantSource.system();
  private final MemoryStore store = new MemoryStore();
  @AutoClose private final Ledger ledger = QuietLedger.over(store, clock);
  private final Set<AgencyName> down = new HashSet<>();
  private final WaitingRecipients waiting = new WaitingRecipients();
  private final AtomicLong nanos = new AtomicLong();
  private final GapWatch gaps = new GapWatch(nanos::get);
  private final RoutingTable routes =
      new RoutingTable(
          Set.of(DE, HUB),
          agency -> agency.equals(JP) ? List.of(HUB, DE) : List.of(HUB),
          (peer, lane) -> !down.contains(peer));
  private final Dispatch dispatch =
      new Dispatch(
          ledger.envelopes(),
          ledger.outbox(),
          ledger.hops(),
          routes,
          waiting,
          agency -> true,
          (peer, lane) -> {});
  private final DeliverySettlement settlement =
      new DeliverySettlement(
          ledger,
          dispatch,
          evidence,
          FR,
          waiting,
          new SessionConfirmations(sessions(), nanos::get),
          gaps);

  private SenderSessions sessions() {
    Ed25519SigningKey key = Ed25519SigningKey.generate(random);
    return new SenderSessions(
        new AgencyIdentity(new FederationName("test.example"), FR, SigningPair.generate(random)),
        new GatewayKey(new NodeName("gw"), key.verifyingKey()),
        (recipient, now) -> Optional.empty(),
        SessionLimits.DEFAULT,
        random,
        clock);
  }

  @BeforeEach
  void start() {
    ledger.start();
    waiting.clear(DE, waiting.marks(DE));
    for (AgencyName recipient : List.of(SG, US, JP)) {
      waiting.clear(recipient, waiting.marks(recipient));
    }
  }

  private void submit(AgencyName... recipients) {
    submit(Stream.of(recipients).map(one -> new Dispatch.Recipient(one, "an-agreement")).toList());
  }

  private void submit(AgencyName recipient, String agreement) {
    submit(List.of(new Dispatch.Recipient(recipient, agreement)));
  }

  private void submit(List<Dispatch.Recipient> recipients) {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder()
            .setHeader(ByteString.copyFromUtf8("header"))
            .addMessageIds(ByteString.copyFrom(id.bytes()))
            .build();
    ledger
        .write(
            LANE,
            tx -> {
              dispatch.submit(
                  tx,
                  new Dispatch.OutgoingEnvelope(HASH, envelope, LANE, Long.MAX_VALUE, recipients));
              return recipients;
            })
        .join();
  }

  private void answer(AgencyName peer, Result result) {
    answer(peer, 1, result);
  }

  private void answer(AgencyName peer, int hop, Result result) {
    answer(
        peer,
        committed(hop).toBuilder()
            .setResult(result)
            .setCode(result == Result.RESULT_REFUSED ? "ROUTING_LOOP" : "")
            .build());
  }

  private void answer(AgencyName peer, Receipt receipt) {
    settlement.released(peer, LANE, List.of(receipt)).join();
  }

  private List<String> known() {
    return evidence.known(ledger.evidence(), id).stream()
        .map(DeliverySettlementTest::words)
        .toList();
  }

  private static String words(EvidenceItem item) {
    return item.getKind().name().replace("EVIDENCE_KIND_", "")
        + (" by " + item.getAgency() + " for " + item.getRecipient())
        + (item.getCode().isEmpty() ? "" : " " + item.getCode())
        + (item.getTimeOut() ? " by time-out" : "");
  }

  private void expire(AgencyName recipient) {
    ledger
        .write(
            LANE,
            tx -> {
              settlement.withdraw(
                  tx, recipient, new OriginNumber(1, LANE, 1), Code.EXPIRED, "too late");
              return recipient;
            })
        .join();
  }

  /** Else it would overtake, and the order of a lane would not hold. */
  @Test
  void submit_whileSomethingWaitsForTheRecipient_waitsBehindItAndHoldsBackNobodyElse() {
    waiting.mark(DE);
    submit(DE);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, only(DE).entry().getState());
    assertEquals(0, ledger.hops().depth(DE, LANE));
    submit(SG);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, only(SG).entry().getState());
    assertEquals(1, ledger.hops().depth(HUB, LANE));
  }

  private OutboxTable.NumberedEntry only(AgencyName recipient) {
    List<OutboxTable.NumberedEntry> all = ledger.outbox().page(recipient, LANE, null, 2);
    assertEquals(1, all.size());
    return all.get(0);
  }

  /** A transit may refuse everything that it was sent in one frame. */
  @Test
  void refusals_ofManyNumbersAndOfManyRecipients_areSeveralChanges() {
    List<AgencyName> offices =
        IntStream.range(0, 300).mapToObj(i -> new AgencyName("sg.office" + i)).toList();
    offices.forEach(office -> waiting.clear(office, waiting.marks(office)));
    submit(offices.toArray(AgencyName[]::new));
    offices.forEach(office -> submit(office));
    store.takeBatchesUpTo(120 << 10);
    List<Receipt> refusals =
        IntStream.rangeClosed(1, 1 + offices.size())
            .mapToObj(hop -> committed(hop).toBuilder().setResult(Result.RESULT_REFUSED).build())
            .toList();
    assertEquals(refusals.size(), settlement.released(HUB, LANE, refusals).join());
    assertEquals(0, ledger.hops().depth(HUB, LANE));
    for (AgencyName office : offices) {
      List<OutboxTable.NumberedEntry> both = ledger.outbox().page(office, LANE, null, 3);
      assertEquals(2, both.size());
      for (OutboxTable.NumberedEntry one : both) {
        assertEquals(OutboxState.OUTBOX_STATE_REJECTED, one.entry().getState());
        assertEquals(1, one.entry().getUnanswered(), "each is answered once");
      }
    }
  }

  @Test
  void transitThatTakesIt_isEvidence_eachTimeUpToABound() {
    submit(SG);
    for (int hop = 1; hop <= 20; hop++) {
      answer(HUB, hop, Result.RESULT_COMMITTED);
      settlement.rewrap(SG, List.of(new OriginNumber(1, LANE, 1))).join();
      ledger
          .write(
              LANE,
              tx -> {
                settlement.again(tx, SG, new OriginNumber(1, LANE, 1));
                return id;
              })
          .join();
    }
    String taken = "RELAY_ACCEPTANCE by x.hub for sg.police";
    assertEquals(Collections.nCopies(EvidenceName.REPEATS, taken), known());
  }

  @Test
  void transitThatRefusesIt_withdrawsNothing_andIsHandedItAgain() {
    submit(SG);
    answer(HUB, Result.RESULT_REFUSED);
    assertEquals(List.of("RELAY_REJECTION by x.hub for sg.police ROUTING_LOOP"), known());
    assertEquals(OutboxState.OUTBOX_STATE_REJECTED, stateFor(SG));
    assertNotNull(ledger.envelopes().read(HASH));
    long queued = entryFor(SG).getQueuedAtMs();
    assertFalse(OutboxMaintenance.isDue(entryFor(SG), queued));
    assertTrue(OutboxMaintenance.isDue(entryFor(SG), queued + OutboxMaintenance.FIRST_WAIT_MILLIS));
    again(SG);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, stateFor(SG));
    assertEquals(1, ledger.hops().depth(HUB, LANE));
    answer(HUB, 2, Result.RESULT_REFUSED);
    assertFalse(
        OutboxMaintenance.isDue(
            entryFor(SG), entryFor(SG).getQueuedAtMs() + OutboxMaintenance.FIRST_WAIT_MILLIS),
        "ever more seldom");
    state(SG, HASH);
    assertNull(ledger.outbox().read(SG, new OriginNumber(1, LANE, 1)), "its recipient has it");
  }

  @Test
  void transitThatRefusesIt_whereThereIsAnother_losesItToThatAtOnce() {
    submit(JP);
    assertEquals(1, ledger.hops().depth(HUB, LANE));
    answer(HUB, Result.RESULT_REFUSED);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, stateFor(JP));
    assertEquals(0, ledger.hops().depth(HUB, LANE));
    assertEquals(1, ledger.hops().depth(DE, LANE));
    answer(DE, Result.RESULT_REFUSED);
    assertEquals(OutboxState.OUTBOX_STATE_REJECTED, stateFor(JP), "both refused it");
    again(JP);
    assertEquals(1, ledger.hops().depth(HUB, LANE), "the first is tried again");
  }

  /** Threat 98: it says nothing of the recipient, and is unsigned. */
  @Test
  void transitThatAsksForAnotherStanza_losesItToAnotherAtOnce_andResetsNoCount() {
    submit(JP);
    answer(HUB, Result.RESULT_COMMITTED);
    again(JP);
    assertEquals(1, ledger.hops().depth(DE, LANE), "it did not bring it");
    answer(DE, Result.RESULT_REWRAP);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, stateFor(JP), "both were tried");
    assertEquals(1, entryFor(JP).getUnanswered());
    again(JP);
    assertEquals(1, ledger.hops().depth(HUB, LANE));
    answer(HUB, 2, Result.RESULT_REWRAP);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, stateFor(JP));
    assertEquals(1, ledger.hops().depth(DE, LANE), "the other at once");
    assertEquals(1, entryFor(JP).getUnanswered());
  }

  @Test
  void onlyTransit_thatAsksForAnotherStanza_isAskedAgainEverMoreSeldom() {
    submit(SG);
    for (int hop = 1; hop <= 5; hop++) {
      answer(HUB, hop, Result.RESULT_REWRAP);
      assertEquals(OutboxState.OUTBOX_STATE_WAITING, stateFor(SG));
      assertEquals(hop, entryFor(SG).getAttempts());
      again(SG);
      assertEquals(1, ledger.hops().depth(HUB, LANE));
    }
  }

  @Test
  void transit_whoseLinkCarriesNothing_isOfferedNoMail_untilNoneDoes() {
    down.add(HUB);
    submit(JP);
    assertEquals(1, ledger.hops().depth(DE, LANE));
    answer(DE, Result.RESULT_REFUSED);
    assertEquals(OutboxState.OUTBOX_STATE_REJECTED, stateFor(JP), "it stays with those that do");
    again(JP);
    assertEquals(1, ledger.hops().depth(DE, LANE));
    down.add(DE);
    submit(US);
    assertEquals(1, ledger.hops().depth(HUB, LANE), "it waits for the first");
  }

  @Test
  void mailInTheQueueOfATransit_movesToAnother_andBack_andWhatTheFirstAnswersLateChangesNothing() {
    submit(JP);
    assertFalse(mayMove(false), "the link carries mail");
    assertTrue(mayMove(true), "it has waited long");
    down.add(HUB);
    assertTrue(mayMove(false));
    again(JP);
    assertEquals(1, ledger.hops().depth(DE, LANE));
    down.add(DE);
    assertFalse(mayMove(true), "there is no other");
    down.remove(HUB);
    answer(HUB, Result.RESULT_REWRAP);
    answer(HUB, Result.RESULT_COMMITTED);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, stateFor(JP));
    again(JP);
    assertEquals(2, ledger.hops().first(HUB, LANE), "the way back");
    assertEquals(1, ledger.hops().depth(HUB, LANE));
  }

  /** The operator replaced the link to a transit by one to the recipient itself. */
  @Test
  void mailThatATransitHad_goesOverANewLinkToItsRecipient() {
    submit(JP);
    RoutingTable direct = new RoutingTable(Set.of(JP), agency -> List.of(), (peer, lane) -> true);
    Dispatch restarted =
        new Dispatch(
            ledger.envelopes(),
            ledger.outbox(),
            ledger.hops(),
            direct,
            waiting,
            agency -> true,
            (peer, lane) -> {});
    assertTrue(
        ledger
            .write(LANE, tx -> restarted.again(tx, JP, new OriginNumber(1, LANE, 1), entryFor(JP)))
            .join());
    assertEquals(1, ledger.hops().depth(JP, LANE));
    assertFalse(Dispatch.isElsewhere(JP, entryFor(JP)), "what is elsewhere is not sent");
  }

  @Test
  void transits_thatDroppedWhatTheThirdBrought_areAllCounted() {
    AgencyName third = new AgencyName("x.third");
    OutboxEntry entry =
        OutboxEntry.newBuilder()
            .addAllTried(List.of(HUB.value(), DE.value(), third.value()))
            .setAttempts(3)
            .build();
    dispatch.arrived(JP, entry.toBuilder().setAttempts(4).build());
    assertEquals(Map.of(), routes.bypassed());
    dispatch.arrived(JP, entry);
    assertEquals(Map.of(HUB, 1L, DE, 1L), routes.bypassed());
  }

  private boolean mayMove(boolean waitedLong) {
    return settlement.mayMove(JP, LANE, entryFor(JP), waitedLong);
  }

  @Test
  void transit_thatDroppedWhatAnotherBrought_isCounted_andTheOtherPreferred() {
    submit(JP);
    answer(HUB, Result.RESULT_COMMITTED);
    again(JP);
    state(JP, HASH);
    assertEquals(Map.of(HUB, 1L), routes.bypassed());
    submit(JP);
    assertEquals(2, ledger.hops().depth(DE, LANE), "it goes there first");
  }

  @Test
  void transit_whoseMailTheRecipientAskedForAgain_orThatBroughtIt_isNotCounted() {
    submit(JP);
    settlement.rewrap(JP, List.of(new OriginNumber(1, LANE, 1))).join();
    again(JP);
    assertEquals(1, ledger.hops().depth(DE, LANE), "a transit may spoil what it carries");
    state(JP, HASH);
    submit(JP);
    assertEquals(List.of(), state(JP, HASH));
    assertEquals(Map.of(), routes.bypassed());
  }

  @Test
  void transitThatTakesItForSomeOnly_isNotBelievedToHaveItForTheOthers() {
    submit(SG, US);
    assertEquals(1, ledger.hops().depth(HUB, LANE), "one delivery for both");
    answer(
        HUB,
        committed(1).toBuilder()
            .addRefused(RelayRefusal.newBuilder().setRecipient(US.value()).setCode("NO_ROUTE"))
            .build());
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(SG));
    assertEquals(OutboxState.OUTBOX_STATE_REJECTED, stateFor(US));
    assertEquals(
        List.of(
            "RELAY_ACCEPTANCE by x.hub for sg.police",
            "RELAY_REJECTION by x.hub for us.cbp NO_ROUTE"),
        known());
  }

  @Test
  void recipientThatTakesIt_isNotMadeARefuserByItsOwnReceipt() {
    submit(DE);
    answer(
        DE,
        committed(1).toBuilder()
            .addRefused(RelayRefusal.newBuilder().setRecipient(DE.value()).setCode("NO_ROUTE"))
            .build());
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE));
    assertEquals(List.of(), known());
  }

  private static Receipt committed(long hop) {
    return Receipt.newBuilder()
        .setHopEpoch(1)
        .setHopSequence(hop)
        .setHeaderHash(ByteString.copyFrom(HASH))
        .setResult(Result.RESULT_COMMITTED)
        .build();
  }

  private void again(AgencyName recipient) {
    ledger
        .write(
            LANE,
            tx -> {
              settlement.again(tx, recipient, new OriginNumber(1, LANE, 1));
              return recipient;
            })
        .join();
  }

  @Test
  void recipientThatRefusesIt_withdrawsNothing_untilItSignsOrTheTimeIsOver() {
    submit(DE);
    answer(DE, Result.RESULT_REFUSED);
    String told = "RELAY_REJECTION by de.customs for de.customs ROUTING_LOOP";
    assertEquals(List.of(told), known());
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE));
    assertNotNull(ledger.envelopes().read(HASH));
    assertTrue(
        OutboxMaintenance.isDue(
            entryFor(DE), entryFor(DE).getQueuedAtMs() + OutboxMaintenance.FIRST_WAIT_MILLIS));
    again(DE);
    assertEquals(1, ledger.hops().depth(DE, LANE));
    expire(DE);
    assertEquals(
        List.of(told, "NON_DELIVERY by fr.customs for de.customs EXPIRED by time-out"), known());
  }

  @Test
  void expiredAtATransit_isARelayFailureToo_markedAsMadeByTimeOut() {
    submit(SG);
    answer(HUB, Result.RESULT_COMMITTED);
    expire(SG);
    expire(SG);
    assertEquals(
        List.of(
            "RELAY_ACCEPTANCE by x.hub for sg.police",
            "RELAY_FAILURE by fr.customs for sg.police EXPIRED by time-out",
            "NON_DELIVERY by fr.customs for sg.police EXPIRED by time-out"),
        known());
  }

  @Test
  void expiredOnADirectLink_isNotDelivered() {
    submit(DE);
    expire(DE);
    assertEquals(List.of("NON_DELIVERY by fr.customs for de.customs EXPIRED by time-out"), known());
  }

  /** Only the recipient's word that its number is done got lost; it has said that it holds it. */
  @Test
  void expired_afterTheRecipientSaidThatItHoldsIt_statesNothingAgainstItsWord() {
    submit(SG);
    EvidenceItem delivery =
        evidence.item(EvidenceKind.EVIDENCE_KIND_DELIVERY, id, SG.value(), HASH, 1).toBuilder()
            .setAgency(SG.value())
            .build();
    ledger.write(LANE, tx -> evidence.keep(tx, ledger.evidence(), delivery)).join();
    expire(SG);
    assertEquals(List.of("DELIVERY by sg.police for sg.police"), known());
    assertEquals(OutboxState.OUTBOX_STATE_VOID, stateFor(SG));
  }

  /** Evidence begets none: not of being relayed, nor of being refused, nor of its expiry. */
  @Test
  void evidence_relayedRefusedOrExpired_begetsNoEvidence() {
    submit(SG, FixedLabels.EVIDENCE.agreement());
    answer(HUB, Result.RESULT_COMMITTED);
    expire(SG);
    submit(DE, FixedLabels.EVIDENCE.agreement());
    answer(DE, Result.RESULT_REFUSED);
    assertEquals(List.of(), known());
    assertEquals(OutboxState.OUTBOX_STATE_VOID, stateFor(SG));
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE));
  }

  private OutboxEntry entryFor(AgencyName recipient) {
    OutboxEntry entry = ledger.outbox().read(recipient, new OriginNumber(1, LANE, 1));
    return Objects.requireNonNull(entry, "resolved");
  }

  private OutboxState stateFor(AgencyName recipient) {
    return entryFor(recipient).getState();
  }

  /** Threat 97: a receipt may come from a thief of the TLS key. */
  @Test
  void committed_byTheRecipientItself_doesNotResolve_untilItsStatementDoes() {
    submit(DE);
    answer(DE, Result.RESULT_COMMITTED);
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE));
    assertFalse(entryFor(DE).getRelayTold(), "it is no transit");
    assertNotNull(ledger.envelopes().read(HASH));
    assertEquals(List.of(), state(DE, HASH));
    assertNull(ledger.outbox().read(DE, new OriginNumber(1, LANE, 1)));
    assertNull(ledger.envelopes().read(HASH));
  }

  @Test
  void receipt_thatFollowsTheStatement_changesNothing() {
    submit(DE);
    assertEquals(List.of(), state(DE, HASH));
    answer(DE, Result.RESULT_COMMITTED);
    assertNull(ledger.outbox().read(DE, new OriginNumber(1, LANE, 1)));
    assertEquals(0, ledger.hops().depth(DE, LANE));
  }

  /** The first answer was REWRAP and got lost; the hop number's repeat is answered DUPLICATE. */
  @Test
  void duplicate_byTheRecipientItself_doesNotResolve_untilItsStatementDoes() {
    submit(DE);
    answer(DE, Result.RESULT_DUPLICATE);
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE));
    assertNotNull(ledger.envelopes().read(HASH));
    settlement.reached(DE, LANE, 1, 1, List.of()).join();
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE), "a watermark names no content");
    assertEquals(List.of(), state(DE, HASH));
    assertNull(ledger.outbox().read(DE, new OriginNumber(1, LANE, 1)));
    assertNull(ledger.envelopes().read(HASH));
  }

  /** The numbers under which the recipient holds something else. */
  private List<OriginNumber> state(AgencyName recipient, byte[] hash) {
    return settlement
        .holds(recipient, List.of(new NumberedHeader(new OriginNumber(1, LANE, 1), hash)))
        .join();
  }

  /** Threat 72: what took the number's place was not this envelope. */
  @Test
  void statement_ofOtherContent_renumbers_andIsAConflict() {
    submit(SG);
    answer(HUB, Result.RESULT_COMMITTED);
    OriginNumber number = new OriginNumber(1, LANE, 1);
    assertEquals(List.of(number), state(SG, Arrays.copyOf(new byte[] {1, 2, 3}, 32)));
    assertNull(ledger.outbox().read(SG, number));
    OutboxTable.NumberedEntry again = only(SG);
    assertEquals(new OriginNumber(1, LANE, 2), again.number());
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, again.entry().getState());
    assertEquals(1, again.entry().getAttempts(), "it pauses if that goes on");
    assertTrue(waiting.isWaiting(SG));
    assertNotNull(ledger.envelopes().read(HASH));
    assertEquals(List.of(), state(SG, HASH), "nothing is owed under the number any more");
    assertEquals(again, only(SG));
  }

  @Test
  void statement_ofUnknownContent_renumbersSilently() {
    submit(SG);
    answer(HUB, Result.RESULT_COMMITTED);
    assertEquals(List.of(), state(SG, new byte[32]));
    assertEquals(new OriginNumber(1, LANE, 2), only(SG).number());
  }

  @Test
  void statement_aboutAWithdrawnNumber_resolvesIt_whateverIsHeld() {
    for (byte[] hash : List.of(HASH, new byte[32], Arrays.copyOf(new byte[] {1}, 32))) {
      submit(DE);
      OriginNumber number = only(DE).number();
      ledger
          .write(
              LANE,
              tx -> {
                settlement.withdraw(tx, DE, number, Code.EXPIRED, "too late");
                return number;
              })
          .join();
      List<OriginNumber> conflicts =
          settlement.holds(DE, List.of(new NumberedHeader(number, hash))).join();
      assertEquals(hash[1] == 0 && hash[0] == 1 ? List.of(number) : List.of(), conflicts);
      assertEquals(List.of(), ledger.outbox().page(DE, LANE, null, 2));
    }
  }

  @Test
  void committed_byATransit_doesNotResolve() {
    submit(SG);
    answer(HUB, Result.RESULT_COMMITTED);
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(SG));
    assertNotNull(ledger.envelopes().read(HASH));
  }

  @Test
  void rewrap_letsTheNumberWait_andKeepsTheContent() {
    submit(DE);
    answer(DE, Result.RESULT_REWRAP);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, stateFor(DE));
    assertNotNull(ledger.envelopes().read(HASH));
  }

  /** A thief of the TLS key can send a receipt, but not sign a notice. */
  @Test
  void rewrap_byReceipt_isCounted_forgetsNoReceipt_andEndsWithTheSignedNotice() {
    submit(DE);
    answer(DE, Result.RESULT_REWRAP);
    assertEquals(1, entryFor(DE).getStanzaAsks());
    again(DE);
    answer(DE, 2, Result.RESULT_COMMITTED);
    assertEquals(1, entryFor(DE).getUnanswered());
    again(DE);
    answer(DE, 3, Result.RESULT_REWRAP);
    assertEquals(2, entryFor(DE).getStanzaAsks());
    assertEquals(1, entryFor(DE).getUnanswered(), "it is not forgotten");
    again(DE);
    settlement.rewrap(DE, List.of(new OriginNumber(1, LANE, 1))).join();
    assertEquals(0, entryFor(DE).getUnanswered() + entryFor(DE).getStanzaAsks());
  }

  /** Found by the simulator: the transit's receipt and the recipient's notice go different ways. */
  @Test
  void rewrap_heardBeforeTheTransitsReceipt_isNotForgotten() {
    submit(SG);
    settlement.rewrap(SG, List.of(new OriginNumber(1, LANE, 1))).join();
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, stateFor(SG));
    answer(HUB, Result.RESULT_COMMITTED);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, stateFor(SG));
  }

  /** Found by the simulator: rewraps made the next wait for a lost delivery an hour long. */
  @Test
  void waiting_forARecipientsWord_growsOnlyWhileItSaysNothing() {
    submit(SG);
    answer(HUB, Result.RESULT_COMMITTED);
    assertEquals(1, entryFor(SG).getUnanswered());
    settlement.rewrap(SG, List.of(new OriginNumber(1, LANE, 1))).join();
    assertEquals(0, entryFor(SG).getUnanswered());
  }

  @Test
  void again_isDue_soonAtFirst_thenMoreSeldom_andAfterTheClockWasSetBack() {
    OutboxEntry.Builder waits =
        OutboxEntry.newBuilder()
            .setState(OutboxState.OUTBOX_STATE_WAITING)
            .setQueuedAtMs(1_000_000);
    assertTrue(OutboxMaintenance.isDue(waits.setAttempts(3).build(), 1_000_000));
    assertFalse(OutboxMaintenance.isDue(waits.setAttempts(4).build(), 1_000_999));
    assertTrue(OutboxMaintenance.isDue(waits.setAttempts(4).build(), 1_001_000));
    assertFalse(OutboxMaintenance.isDue(waits.setAttempts(40).build(), 1_059_999));
    assertTrue(OutboxMaintenance.isDue(waits.setAttempts(40).build(), 1_060_000));
    assertTrue(OutboxMaintenance.isDue(waits.setAttempts(40).build(), 999_999));
    OutboxEntry.Builder relayed =
        waits.clone().setState(OutboxState.OUTBOX_STATE_RELAYED).setAttempts(40).setUnanswered(1);
    assertFalse(OutboxMaintenance.isDue(relayed.build(), 1_009_999));
    assertTrue(OutboxMaintenance.isDue(relayed.build(), 1_010_000));
    assertFalse(OutboxMaintenance.isDue(relayed.setUnanswered(20).build(), 4_599_999));
    assertTrue(OutboxMaintenance.isDue(relayed.setUnanswered(20).build(), 4_600_000));
    OutboxEntry queued = relayed.setState(OutboxState.OUTBOX_STATE_QUEUED).build();
    assertFalse(OutboxMaintenance.isDue(queued, Long.MAX_VALUE));
  }

  @Test
  void gap_thatARecipientsWatermarksLeave_isSeenAtTheOrigin() {
    for (int i = 0; i < 3; i++) {
      submit(SG);
    }
    settlement.reached(SG, LANE, 1, 0, List.of(new OriginWindow.Range(2, 3))).join();
    nanos.addAndGet(GapWatch.AFTER.toNanos());
    GapWatch.Place place = new GapWatch.Place(GapWatch.End.ORIGIN, SG, LANE);
    assertEquals(List.of(new GapWatch.Gap(place, 1, 1, 1)), gaps.news());
    settlement.reached(SG, LANE, 1, 3, List.of()).join();
    assertEquals(List.of(), gaps.overdue());
  }

  /** Attack: a recipient states what nobody sent it, so that its sender's alarm stays on. */
  @Test
  void numbersAboveThoseAssigned_areNoGap() {
    submit(SG);
    settlement.reached(SG, LANE, 1, 0, List.of(new OriginWindow.Range(2, 9))).join();
    settlement.reached(SG, LANE, 2, 0, List.of(new OriginWindow.Range(2, 9))).join();
    nanos.addAndGet(GapWatch.AFTER.toNanos());
    assertEquals(List.of(), gaps.overdue());
    submit(SG);
    settlement.reached(SG, LANE, 1, 0, List.of(new OriginWindow.Range(2, 9))).join();
    nanos.addAndGet(GapWatch.AFTER.toNanos());
    GapWatch.Place place = new GapWatch.Place(GapWatch.End.ORIGIN, SG, LANE);
    assertEquals(List.of(new GapWatch.Gap(place, 1, 1, 1)), gaps.overdue());
  }
}
