package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.transmit.SenderNode.LANE;
import static org.entente.gateway.transmit.SenderNode.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantineStep;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What answers and words of recipients do to what is owed, and what is set aside. */
class ReleaseTest {
  @AutoClose private final SenderNode node = new SenderNode();

  private org.entente.gateway.seal.format.SessionId session(
      org.entente.gateway.model.AgencyName peer) {
    return org.entente.gateway.seal.format.Stanza.parse(
            node.prepare(peer).delivery().getStanzas(0).getStanza().toByteArray())
        .orElseThrow()
        .session();
  }

  @Test
  void receipts_ofSeveralNumbers_areTakenTogether_andUnknownOnesPassedOver() {
    for (int i = 0; i < 3; i++) {
      node.send(DE);
    }
    List<Receipt> receipts =
        List.of(receipt(1, Result.RESULT_COMMITTED), receipt(3, Result.RESULT_REWRAP));
    assertEquals(2, node.settlement.released(DE, LANE, receipts).join());
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(DE, 1));
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 2));
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(DE, 3));
    assertEquals(1, node.settlement.released(DE, LANE, receipts.subList(0, 1)).join());
    assertEquals(2, node.ledger.hops().first(DE, LANE));
  }

  private static Receipt receipt(long hop, Result result) {
    return Receipt.newBuilder().setHopEpoch(1).setHopSequence(hop).setResult(result).build();
  }

  @Test
  void refusal_byTheRecipient_namesItsCode_andAnUnknownOneIsARefusalAllTheSame() {
    MessageId id = node.send(DE);
    node.answer(DE, Result.RESULT_REFUSED, "UNKNOWN_PEER");
    assertEquals(
        List.of("RELAY_REJECTION by de.customs for de.customs UNKNOWN_PEER: refused by de.customs"),
        node.known(id));
    MessageId other = node.send(DE);
    node.answer(DE, Result.RESULT_REFUSED, "OF_A_LATER_RELEASE");
    assertEquals(
        List.of(
            "RELAY_REJECTION by de.customs for de.customs INGRESS_REFUSED: refused by de.customs"),
        node.known(other));
    assertEquals(0, node.leaves.all().size());
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(DE, 2));
  }

  @Test
  void answer_toWhatIsWithdrawnOrSetAside_changesNothing() {
    for (OutboxState state :
        List.of(OutboxState.OUTBOX_STATE_VOID, OutboxState.OUTBOX_STATE_QUARANTINED)) {
      node.send(DE);
      long last = state == OutboxState.OUTBOX_STATE_VOID ? 1 : 2;
      node.change(DE, last, state);
      node.answer(DE, Result.RESULT_COMMITTED, "");
      assertEquals(state, node.state(DE, last));
    }
    assertEquals(0, node.ledger.hops().depth(DE, LANE));
  }

  /** The recipient's word that it cannot open it ends the wait for any other. */
  @Test
  void rewrap_asksForANewSession_andCountsAsAWord() {
    node.send(SG);
    var before = session(HUB);
    node.answer(HUB, Result.RESULT_COMMITTED, "");
    assertEquals(1, node.entry(SG, 1).getUnanswered());
    assertTrue(node.entry(SG, 1).getRelayTold());
    assertEquals(1, node.settlement.rewrap(SG, List.of(number(1), number(7))).join());
    assertEquals(0, node.entry(SG, 1).getUnanswered());
    assertTrue(node.waiting.isWaiting(SG));
    node.upkeep.round();
    assertNotEquals(before, session(HUB));
  }

  @Test
  void rewrap_ofWhatIsNotUnderWay_changesNothing_andKeepsTheSession() {
    node.send(SG);
    var before = session(HUB);
    for (OutboxState state :
        List.of(OutboxState.OUTBOX_STATE_VOID, OutboxState.OUTBOX_STATE_QUARANTINED)) {
      node.change(SG, 1, state);
      assertEquals(0, node.settlement.rewrap(SG, List.of(number(1))).join());
      assertEquals(state, node.state(SG, 1));
    }
    node.change(SG, 1, OutboxState.OUTBOX_STATE_QUEUED);
    assertEquals(before, session(HUB));
  }

  @Test
  void refusedByRewrap_onTheLink_makesANewSession() {
    node.send(DE);
    node.send(DE);
    var before = session(DE);
    node.answer(DE, Result.RESULT_REWRAP, "NEED_REWRAP");
    assertEquals(1, node.entry(DE, 1).getStanzaAsks());
    assertNotEquals(before, session(DE));
  }

  @Test
  void reached_releasesNothing() {
    node.send(DE);
    assertEquals(0, node.settlement.reached(DE, LANE, 1, 6, List.of()).join());
    assertTrue(node.isOwed(DE, 1));
  }

  @Test
  void holds_releasesOnlyWhatItNames() {
    for (int i = 0; i < 4; i++) {
      node.send(DE);
    }
    NumberedHeader ofAnotherEpoch =
        new NumberedHeader(
            new OriginNumber(2, LANE, 1), node.entry(DE, 1).getHeaderHash().toByteArray());
    assertEquals(List.of(), node.settlement.holds(DE, List.of(ofAnotherEpoch)).join());
    node.holds(DE, 2, 4);
    assertEquals(
        List.of(1L, 3L),
        node.ledger.outbox().page(DE, LANE, null, 10).stream()
            .map(one -> one.number().sequence())
            .toList());
  }

  @Test
  void holds_ofAWholeStatement_releasesAll() {
    var ready = node.outbound.seal(List.of(node.alert(node.id(), LANE, DE))).get(0);
    node.ledger.commit(
        LANE,
        tx -> {
          for (int i = 0; i < WatermarkStatement.MAX_HELD; i++) {
            node.dispatch.submit(tx, ready.outgoing());
          }
          return tx;
        });
    node.holds(DE, LongStream.rangeClosed(1, WatermarkStatement.MAX_HELD).toArray());
    assertNull(node.ledger.envelopes().read(ready.outgoing().headerHash()));
  }

  /** An operator decides about it; it is not sent again meanwhile. */
  @Test
  void holds_ofWhatIsSetAside_releasesIt_ifItIsTheSame() {
    node.send(DE);
    node.change(DE, 1, OutboxState.OUTBOX_STATE_QUARANTINED);
    node.settlement.holds(DE, List.of(NumberedHeader.ofUnknownContent(number(1)))).join();
    assertEquals(OutboxState.OUTBOX_STATE_QUARANTINED, node.state(DE, 1));
    node.holds(DE, 1);
    assertFalse(node.isOwed(DE, 1));
  }

  @Test
  void gap_isKept_whileItsEpochIs() {
    GapWatch.Place place = new GapWatch.Place(GapWatch.End.ORIGIN, SG, LANE);
    List<OriginWindow.Range> above = List.of(new OriginWindow.Range(5, 6));
    node.gaps.seen(place, 1, 1, above);
    node.gaps.seen(place, 2, 1, above);
    node.clock.move(GapWatch.AFTER);
    assertEquals(2, node.gaps.overdue().size());
    node.settlement.keeps(SG, LANE, Set.of(2L));
    assertEquals(List.of(new GapWatch.Gap(place, 2, 2, 3)), node.gaps.overdue());
    node.settlement.keeps(DE, LANE, Set.of());
    assertEquals(1, node.gaps.overdue().size());
    node.settlement.reached(SG, LANE, 2, 6, List.of()).join();
    assertEquals(List.of(), node.gaps.overdue());
  }

  @Test
  void gap_thatMovesOn_isAnotherGap_andOneThatGrowsIsTheSame() {
    GapWatch.Place place = new GapWatch.Place(GapWatch.End.ORIGIN, SG, LANE);
    node.gaps.seen(place, 1, 1, List.of(new OriginWindow.Range(3, 3)));
    node.clock.move(GapWatch.AFTER.minusMillis(1));
    assertEquals(List.of(), node.gaps.news());
    node.gaps.seen(place, 1, 1, List.of(new OriginWindow.Range(5, 6)));
    node.clock.move(Duration.ofMillis(1));
    assertEquals(3, node.gaps.news().get(0).missing());
    assertEquals(List.of(), node.gaps.news(), "it was told");
    node.gaps.seen(place, 1, 3, List.of(new OriginWindow.Range(5, 6)));
    assertEquals(List.of(), node.gaps.overdue());
  }

  @Test
  void expired_behindATransit_saysWhetherTheTransitTookIt() {
    MessageId taken = node.send(SG);
    node.answer(HUB, Result.RESULT_COMMITTED, "");
    MessageId untaken = node.send(SG);
    node.keyless.add(SG);
    MessageId waiting = node.send(SG);
    node.clock.move(Duration.ofDays(2));
    node.upkeep.round();
    String late =
        "NON_DELIVERY by fr.customs for sg.police EXPIRED: not delivered before its expiry by"
            + " time-out";
    assertEquals(
        List.of(
            "RELAY_ACCEPTANCE by x.hub for sg.police",
            "RELAY_FAILURE by fr.customs for sg.police EXPIRED: x.hub accepted it, but the"
                + " recipient never confirmed it by time-out",
            late),
        node.known(taken));
    assertEquals(
        List.of(
            "RELAY_FAILURE by fr.customs for sg.police EXPIRED: x.hub did not accept it by"
                + " time-out",
            late),
        node.known(untaken));
    assertEquals(List.of(late), node.known(waiting), "no transit had it");
  }

  @Test
  void withdrawal_ofOneOfSeveralRecipients_keepsTheEnvelopeForTheOthers() {
    node.send(DE, SG);
    byte[] hash = node.entry(DE, 1).getHeaderHash().toByteArray();
    for (int i = 0; i < 2; i++) {
      node.ledger.commit(
          LANE,
          tx -> {
            node.settlement.withdraw(tx, DE, number(1), Code.AGREEMENT_ENDED, "over");
            return tx;
          });
    }
    assertNotNull(node.ledger.envelopes().read(hash));
    assertEquals(1, node.leaves.all().size(), "once");
    assertEquals(AuditType.VOIDED, node.leaves.last().type());
    node.holds(DE, 1);
    assertNotNull(node.ledger.envelopes().read(hash), "it was given back before");
  }

  private QuarantineRecord aside() {
    List<QuarantineTable.Entry> all = node.ledger.quarantine().waiting(0, 10);
    return all.get(all.size() - 1).record();
  }

  private void setAside(long sequence) {
    node.ledger.commit(
        LANE,
        tx -> {
          node.unsendable.put(
              tx, SG, number(sequence), new ProcessingFailure(Code.INTERNAL, "a defect"));
          return tx;
        });
  }

  @Test
  void aside_namesWhatIsOwed_untilItExpires() {
    MessageId id = node.send(SG);
    setAside(1);
    QuarantineRecord record = aside();
    assertEquals(OutboxState.OUTBOX_STATE_QUARANTINED, node.state(SG, 1));
    assertEquals(QuarantineStep.QUARANTINE_STEP_SENDING, record.getStep());
    assertEquals(node.entry(SG, 1).getExpiresAtMs(), record.getUntilMs());
    assertEquals(SG.value(), record.getAgency());
    assertEquals(LANE.number(), record.getLane());
    assertEquals(1, record.getEpoch());
    assertEquals(1, record.getSequence());
    assertEquals(node.entry(SG, 1).getHeaderHash(), record.getHeaderHash());
    assertEquals(List.of(SenderNode.bytes(id)), record.getMessageIdsList());
    assertEquals("INTERNAL", record.getCode());
  }

  @Test
  void aside_isNotPutWhatIsDone() {
    node.send(SG);
    node.change(SG, 1, OutboxState.OUTBOX_STATE_VOID);
    setAside(1);
    setAside(9);
    assertEquals(List.of(), node.ledger.quarantine().waiting(0, 10));
    assertEquals(OutboxState.OUTBOX_STATE_VOID, node.state(SG, 1));
  }

  @Test
  void aside_triedAgain_isQueuedAsIfForTheFirstTime() {
    node.send(SG);
    setAside(1);
    QuarantineRecord record = aside();
    QuarantineStage.DecisionResult ended =
        node.ledger.commit(LANE, node.unsendable.retry(record, new byte[0]));
    assertEquals(QuarantineState.QUARANTINE_STATE_RELEASED, ended.state());
    OutboxEntry entry = node.entry(SG, 1);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, entry.getState());
    assertEquals(0, entry.getAttempts());
    assertTrue(node.waiting.isWaiting(SG));
    QuarantineStage.DecisionResult gone =
        node.ledger.commit(LANE, node.unsendable.retry(record, new byte[0]));
    assertEquals(QuarantineState.QUARANTINE_STATE_GONE, gone.state());
  }

  @Test
  void aside_givenUp_isWithdrawn_withItsCause() {
    for (boolean expired : new boolean[] {true, false}) {
      MessageId id = node.send(SG);
      long sequence = expired ? 1 : 2;
      setAside(sequence);
      QuarantineRecord record = aside();
      QuarantineStage.DecisionResult ended =
          node.ledger.commit(LANE, tx -> node.unsendable.discard(tx, record, expired));
      assertEquals(
          expired
              ? QuarantineState.QUARANTINE_STATE_EXPIRED
              : QuarantineState.QUARANTINE_STATE_DISCARDED,
          ended.state());
      assertEquals(
          expired
              ? "no decision in time; withdrawn"
              : "withdrawn; the publisher's evidence says so",
          ended.text());
      List<String> known = node.known(id);
      assertTrue(
          known
              .get(known.size() - 1)
              .startsWith(
                  "NON_DELIVERY by fr.customs for sg.police "
                      + (expired ? "EXPIRED" : "DISCARDED")
                      + ": this gateway could not send it"),
          known::toString);
      assertEquals(OutboxState.OUTBOX_STATE_VOID, node.state(SG, sequence));
      assertEquals(
          QuarantineState.QUARANTINE_STATE_GONE,
          node.ledger.commit(LANE, tx -> node.unsendable.discard(tx, record, expired)).state());
    }
  }

  @Test
  void failures_overOneNumber_areCountedByThemselves() {
    node.send(SG);
    RuntimeException failure = new IllegalStateException("a defect");
    assertTrue(node.unsendable.failed(SG, number(1), failure).isEmpty());
    assertTrue(node.unsendable.failed(SG, number(1), failure).isEmpty());
    assertTrue(node.unsendable.failed(SG, number(2), failure).isEmpty());
    assertTrue(node.unsendable.failed(SG, number(1), failure).isPresent());
    assertTrue(node.unsendable.failed(SG, number(1), failure).isEmpty(), "from the beginning");
    assertTrue(node.meters.text().contains("entente_mishaps_total{step=\"sending\",} 5.0"));
  }
}
