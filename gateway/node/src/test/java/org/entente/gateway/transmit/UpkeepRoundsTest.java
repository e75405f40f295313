package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.transmit.SenderNode.LANE;
import static org.entente.gateway.transmit.SenderNode.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Rounds over what is owed: queued again, withdrawn, told, and numbered anew after many starts. */
class UpkeepRoundsTest {
  @AutoClose private SenderNode node = new SenderNode();

  private void waiting(int messages) {
    node.keyless.add(SG);
    for (int i = 0; i < messages; i++) {
      node.send(SG);
    }
    node.keyless.clear();
  }

  @Test
  void waiting_isQueuedOnceItsRecipientCanBeReached_andThenNothingWaits() {
    waiting(2);
    node.unreachable.add(SG);
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(SG, 1));
    assertTrue(node.waiting.isWaiting(SG));
    node.unreachable.clear();
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(SG, 1));
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(SG, 2));
    assertEquals(2, node.ledger.hops().depth(HUB, LANE));
    assertTrue(node.waiting.isWaiting(SG), "this look found something");
    node.upkeep.round();
    assertFalse(node.waiting.isWaiting(SG));
    assertEquals(2, node.ledger.hops().depth(HUB, LANE));
    assertEquals(List.of(), node.notices);
  }

  /** A look over several rounds holds what any of its pages found. */
  @Test
  void recipients_mail_isLookedAtPageByPage_andOneThatWaitsInTheFirstCounts() {
    waiting(1);
    node.unreachable.add(SG);
    node.waiting.clear(SG, node.waiting.marks(SG));
    for (int i = 0; i < 256; i++) {
      node.send(SG);
    }
    node.waiting.mark(SG);
    node.upkeep.round();
    node.upkeep.round();
    assertTrue(node.waiting.isWaiting(SG));
    node.change(SG, 1, OutboxState.OUTBOX_STATE_QUEUED);
    node.upkeep.round();
    assertTrue(node.waiting.isWaiting(SG), "this look is not over");
    node.upkeep.round();
    assertFalse(node.waiting.isWaiting(SG));
  }

  @Test
  void page_isBounded_andTheNextRoundGoesOn() {
    waiting(257);
    node.upkeep.round();
    assertEquals(256, node.ledger.hops().depth(HUB, LANE));
    node.upkeep.round();
    assertEquals(257, node.ledger.hops().depth(HUB, LANE));
    node.settlement.rewrap(SG, List.of(number(1))).join();
    node.upkeep.round();
    assertEquals(258, node.ledger.hops().depth(HUB, LANE), "from the beginning again");
  }

  @Test
  void relayed_isSentAgain_whenItsWaitIsOver() {
    node.send(SG);
    node.answer(HUB, Result.RESULT_COMMITTED, "");
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(SG, 1));
    node.clock.move(Duration.ofMillis(OutboxMaintenance.FIRST_WAIT_MILLIS - 1));
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(SG, 1));
    node.clock.move(Duration.ofMillis(1));
    node.unreachable.add(SG);
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(SG, 1));
    node.unreachable.clear();
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(SG, 1));
    assertEquals(1, node.ledger.hops().depth(HUB, LANE));
  }

  /** A gateway that holds its own keys states what it took; a thief of its TLS key cannot. */
  @Test
  void answered_byTheRecipientItself_isSentAgain_andIsAnAlarmIfItNeverSigns() {
    node.send(DE);
    List<Result> answers =
        List.of(Result.RESULT_REFUSED, Result.RESULT_COMMITTED, Result.RESULT_REFUSED);
    for (int receipts = 1; receipts <= 3; receipts++) {
      node.answer(DE, answers.get(receipts - 1), "");
      assertEquals(receipts, node.entry(DE, 1).getUnanswered());
      node.upkeep.round();
      assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(DE, 1));
      node.clock.move(Duration.ofMillis(OutboxMaintenance.waitAfter(receipts)));
      node.upkeep.round();
      assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 1));
      assertEquals(Collections.nCopies(receipts - 1, "unconfirmed de.customs 1"), node.notices);
    }
    node.holds(DE, 1);
    assertFalse(node.isOwed(DE, 1));
  }

  /** A thief asks again and again; an overloaded gateway does for a while, and signs at the end. */
  @Test
  void askedForAgain_byTheRecipientsLink_isAnAlarmAfterMinutes_andNoneAfterItsSignedNotice() {
    node.send(DE);
    for (int attempts = 1; attempts <= OutboxMaintenance.ALARMING_ASKS; attempts++) {
      assertEquals(List.of(), node.notices);
      node.answer(DE, Result.RESULT_REWRAP, "OVERLOADED");
      assertEquals(attempts, node.entry(DE, 1).getAttempts());
      assertEquals(attempts, node.entry(DE, 1).getStanzaAsks());
      assertEquals(0, node.entry(DE, 1).getUnanswered());
      node.clock.move(Duration.ofMillis(OutboxMaintenance.pauseAfter(attempts)));
      node.upkeep.round();
      assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 1));
    }
    assertEquals(List.of("unconfirmed de.customs 1"), node.notices);
    assertEquals(1, node.settlement.rewrap(DE, List.of(number(1))).join());
    node.clock.move(Duration.ofMillis(OutboxMaintenance.LONGEST_PAUSE_MILLIS));
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 1));
    assertEquals(List.of("unconfirmed de.customs 1"), node.notices);
  }

  /** A queue may be long: what was taken just now is not sent again at once. */
  @Test
  void wait_forAStatement_beginsWithTheReceipt() {
    node.send(DE);
    node.clock.move(Duration.ofHours(1));
    node.answer(DE, Result.RESULT_COMMITTED, "");
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(DE, 1));
  }

  @Test
  void taken_byATransit_andNeverStated_isNoAlarm() {
    node.send(SG);
    for (int receipts = 1; receipts <= 3; receipts++) {
      node.answer(HUB, Result.RESULT_COMMITTED, "");
      node.clock.move(Duration.ofMillis(OutboxMaintenance.waitAfter(receipts)));
      node.upkeep.round();
    }
    assertEquals(List.of(), node.notices);
  }

  @Test
  void expired_isWithdrawn_andOneUnderWayOnlyAfterItsAnswersTime() {
    MessageId queued = node.send(DE);
    waiting(1);
    node.clock.move(Duration.ofDays(1));
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 1));
    assertEquals(OutboxState.OUTBOX_STATE_VOID, node.state(SG, 1));
    node.clock.move(Duration.ofMillis(OutboxMaintenance.UNDER_WAY_MILLIS - 1));
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 1));
    node.clock.move(Duration.ofMillis(1));
    node.upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_VOID, node.state(DE, 1));
    assertEquals(
        List.of(
            "NON_DELIVERY by fr.customs for de.customs EXPIRED: not delivered before its expiry by"
                + " time-out"),
        node.known(queued));
  }

  @Test
  void withdrawn_isTold_untilTheRecipientHeard_ifItCanBeReached() {
    waiting(1);
    node.clock.move(Duration.ofDays(1));
    node.upkeep.round();
    node.unreachable.add(SG);
    node.upkeep.round();
    assertEquals(List.of(), node.notices);
    node.unreachable.clear();
    node.upkeep.round();
    node.upkeep.round();
    assertEquals(List.of("withdraw sg.police 1", "withdraw sg.police 1"), node.notices);
    node.holds(SG, 1);
    node.upkeep.round();
    assertEquals(2, node.notices.size());
    assertFalse(node.isOwed(SG, 1));
  }

  @Test
  void keys_thatAreMissing_areAskedForInEveryEighthRound_whileSomethingWaits() {
    waiting(1);
    node.unreachable.add(SG);
    node.unreachable.add(DE);
    for (int i = 0; i < 16; i++) {
      node.upkeep.round();
    }
    assertEquals(Collections.nCopies(2, "ask sg.police"), node.notices);
    node.unreachable.clear();
    for (int i = 0; i < 16; i++) {
      node.upkeep.round();
    }
    assertEquals(2, node.notices.size());
  }

  @Test
  void waits_double_upToABound() {
    assertEquals(10_000, OutboxMaintenance.waitAfter(0));
    assertEquals(10_000, OutboxMaintenance.waitAfter(1));
    assertEquals(20_000, OutboxMaintenance.waitAfter(2));
    assertEquals(3_600_000, OutboxMaintenance.waitAfter(10));
    assertEquals(3_600_000, OutboxMaintenance.waitAfter(1_000));
    assertEquals(0, OutboxMaintenance.pauseAfter(3));
    assertEquals(1_000, OutboxMaintenance.pauseAfter(4));
    assertEquals(2_000, OutboxMaintenance.pauseAfter(5));
    assertEquals(60_000, OutboxMaintenance.pauseAfter(1_000));
  }

  /** Starts again, in a later epoch of numbers. */
  private void restart(long epoch) {
    MemoryStore.Disk disk = node.disk;
    node.close();
    OutboxTable.beginEpoch(new MemoryStore(disk), epoch, 1);
    node = new SenderNode(disk);
  }

  private List<OriginNumber> owed() {
    return node.ledger.outbox().page(DE, LANE, null, 10_000).stream()
        .map(OutboxTable.NumberedEntry::number)
        .toList();
  }

  private int renumber() {
    return new EpochRenumbering(node.ledger, node.settlement).renumber();
  }

  @Test
  void mail_owedOverManyStarts_getsNumbersOfNow_inItsOrder_andWhatIsDoneGoes() {
    List<MessageId> ids = List.of(node.send(DE), node.send(DE), node.send(DE), node.send(DE));
    node.change(DE, 2, OutboxState.OUTBOX_STATE_VOID);
    node.change(DE, 3, OutboxState.OUTBOX_STATE_QUARANTINED);
    long epoch = 1;
    int starts = 0;
    int moved = 0;
    while (moved == 0 && starts < 50) {
      epoch += 1;
      restart(epoch);
      node.send(DE);
      moved = renumber();
      starts++;
    }
    assertTrue(starts > 1, "not before it must");
    assertEquals(2 + starts - 1, moved, "all that is owed of earlier epochs");
    List<OriginNumber> owed = owed();
    assertEquals(number(3), owed.get(0), "what is set aside keeps its number");
    long now = epoch;
    assertTrue(owed.stream().skip(1).allMatch(number -> number.epoch() == now));
    OutboxEntry first = entry(owed.get(2));
    OutboxEntry second = entry(owed.get(3));
    assertEquals(ids.get(0), message(first));
    assertEquals(ids.get(3), message(second));
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, first.getState());
    assertEquals(0, first.getAttempts());
    assertEquals(0, first.getUnanswered());
    assertTrue(node.waiting.isWaiting(DE));
    assertEquals(
        0, new EpochRenumbering(node.ledger, node.settlement).renumber(), "once is enough");
  }

  /** Two starts end after they have moved a part. */
  @Test
  void renumbering_thatIsInterrupted_keepsTheOrder() {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(node.send(DE));
    }
    long epoch = 1;
    while (node.ledger.outbox().oldestEpoch(DE, LANE) <= 1) {
      restart(++epoch);
      ids.add(node.send(DE));
    }
    for (int parts : new int[] {4, 2}) {
      restart(++epoch);
      owed().stream().filter(one -> isNext(ids, parts, one)).forEach(this::move);
    }
    restart(++epoch);
    assertEquals(ids.size(), renumber());
    long now = epoch;
    assertTrue(owed().stream().allMatch(number -> number.epoch() == now));
    assertEquals(ids, owed().stream().map(one -> message(entry(one))).toList());
  }

  private boolean isNext(List<MessageId> ids, int parts, OriginNumber number) {
    return ids.indexOf(message(entry(number))) < parts;
  }

  private void move(OriginNumber number) {
    node.ledger.commit(LANE, tx -> node.settlement.renumber(tx, DE, number));
  }

  /** Its content key is gone, and the recipient has not said whether it holds it. */
  @Test
  void mail_thatIsUndecided_isAskedAboutUnderANumberOfNow() {
    MessageId id = node.send(DE);
    node.ledger.commit(
        LANE,
        tx -> {
          node.settlement.ask(tx, DE, number(1));
          return tx;
        });
    int moved = 0;
    for (long epoch = 2; moved == 0 && epoch < 50; epoch++) {
      restart(epoch);
      node.send(DE);
      moved = renumber();
    }
    OriginNumber last =
        owed().stream().filter(one -> entry(one).getUndecided()).findFirst().orElseThrow();
    assertEquals(node.ledger.outbox().epoch(DE, LANE), last.epoch());
    assertEquals(id, message(entry(last)));
    byte[] header = entry(last).getHeaderHash().toByteArray();
    node.settlement.holds(DE, List.of(new NumberedHeader(last, header))).join();
    assertFalse(owed().contains(last));
  }

  private OutboxEntry entry(OriginNumber number) {
    OutboxEntry entry = node.ledger.outbox().read(DE, number);
    assertNotNull(entry);
    return entry;
  }

  private MessageId message(OutboxEntry entry) {
    return MessageId.of(
        java.util.Objects.requireNonNull(
                node.ledger.envelopes().read(entry.getHeaderHash().toByteArray()))
            .getMessageIds(0)
            .toByteArray());
  }

  @Test
  void mail_ofMoreThanAPage_isAllMoved() {
    int messages = 4_097;
    var ready = node.outbound.seal(List.of(node.alert(node.id(), LANE, DE))).get(0);
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < messages; i++) {
            node.dispatch.submit(tx, ready.outgoing());
          }
          return tx;
        });
    int moved = 0;
    for (long epoch = 2; moved == 0 && epoch < 50; epoch++) {
      restart(epoch);
      node.ledger.commit(
          LANE,
          tx -> {
            var number =
                node.ledger.outbox().append(tx, DE, LANE, OutboxEntry.getDefaultInstance());
            node.ledger.outbox().remove(tx, DE, number);
            return tx;
          });
      moved = renumber();
    }
    assertEquals(messages, moved);
    assertFalse(owed().contains(number(1)));
  }

  @Test
  void again_isOfWhatWaitsOrWasRelayed_only() {
    for (OutboxState state :
        List.of(
            OutboxState.OUTBOX_STATE_QUEUED,
            OutboxState.OUTBOX_STATE_VOID,
            OutboxState.OUTBOX_STATE_QUARANTINED,
            OutboxState.OUTBOX_STATE_RELAYED,
            OutboxState.OUTBOX_STATE_WAITING)) {
      node.send(DE);
      long last = owed().get(owed().size() - 1).sequence();
      node.change(DE, last, state);
      long depth = node.ledger.hops().depth(DE, LANE);
      node.ledger.commit(
          LANE,
          tx -> {
            node.settlement.again(tx, DE, number(last));
            return tx;
          });
      boolean queued =
          state == OutboxState.OUTBOX_STATE_RELAYED || state == OutboxState.OUTBOX_STATE_WAITING;
      assertEquals(queued ? depth + 1 : depth, node.ledger.hops().depth(DE, LANE), state::name);
    }
    node.ledger.commit(
        LANE,
        tx -> {
          node.settlement.again(tx, DE, number(99));
          node.settlement.withdraw(tx, DE, number(99), Code.EXPIRED, "not owed");
          node.settlement.park(tx, DE, number(99));
          node.settlement.resume(tx, DE, number(99));
          return tx;
        });
    assertFalse(node.isOwed(DE, 99));
  }

  /** Threat 98: doubling, so that an honest backlog is overcome. */
  @Test
  void mailInTheQueueOfATransit_moves_soonIfItsLinkIsDown_lateIfNot_andEverMoreSeldom() {
    node.transits.add(DE);
    node.send(SG);
    node.down.add(HUB);
    node.clock.move(Duration.ofMillis(OutboxMaintenance.FIRST_WAIT_MILLIS - 1));
    node.upkeep.round();
    assertEquals(0, node.ledger.hops().depth(DE, LANE));
    node.clock.move(Duration.ofMillis(1));
    node.upkeep.round();
    assertEquals(1, node.ledger.hops().depth(DE, LANE));
    assertTrue(node.prepare(HUB).isVoid());
    assertFalse(node.prepare(DE).isVoid());
    node.down.clear();
    node.clock.move(Duration.ofMillis(2 * OutboxMaintenance.UNDER_WAY_MILLIS - 1));
    node.upkeep.round();
    assertEquals(1, node.ledger.hops().depth(HUB, LANE), "what it left there goes out as a void");
    node.clock.move(Duration.ofMillis(1));
    node.upkeep.round();
    assertEquals(2, node.ledger.hops().depth(HUB, LANE), "the way back");
  }
}
