package org.entente.gateway.ledger;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.ChainEntry;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Standing;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What changes what, whoever says so and in whichever order it arrives. */
class ChainsTest {
  private static final MessageType UPDATE = MessageType.MESSAGE_TYPE_UPDATE;
  private static final MessageType CANCEL = MessageType.MESSAGE_TYPE_CANCEL;
  private static final MessageType RECTIFICATION = MessageType.MESSAGE_TYPE_RECTIFICATION;
  private static final MessageType RESTRICTION = MessageType.MESSAGE_TYPE_RESTRICTION;

  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private final MemoryStore store = new MemoryStore();
  @AutoClose private final Ledger ledger = QuietLedger.started(store, () -> now);
  private final Chains chains = ledger.chains();

  private MessageId fresh() {
    return MessageId.fresh(now.toEpochMilli(), new SecureRandom());
  }

  /** A message of an origin arrives and is kept. */
  private void arrives(AgencyName origin, MessageId id) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          InboxRecord record =
              InboxRecord.newBuilder()
                  .setMessageId(ByteString.copyFrom(id.bytes()))
                  .setOrigin(origin.value())
                  .setBucketDay(30_000)
                  .build();
          InboxRecord kept = chains.arriving(tx, origin, id, record);
          assertTrue(ledger.inbox().append(tx, Lane.ROUTINE, id, kept, new byte[1]) > 0);
          return id;
        });
  }

  private MessageId arrived(AgencyName origin) {
    MessageId id = fresh();
    arrives(origin, id);
    return id;
  }

  /** A message of an origin that changes another is kept. */
  private MessageId changes(AgencyName origin, MessageType type, MessageId target) {
    MessageId id = fresh();
    changes(origin, type, id, target);
    return id;
  }

  private void changes(AgencyName origin, MessageType type, MessageId id, MessageId target) {
    now = now.plusSeconds(1);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          chains.changed(tx, origin, new ChainLink(id, type, target, now.toEpochMilli(), false));
          return id;
        });
  }

  private InboxRecord record(MessageId id) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(id);
    assertNotNull(placed);
    return placed.record();
  }

  /** Once what comes anew has come: that is committed behind what made it. */
  private long position(MessageId id) {
    ledger.commit(Lane.ROUTINE, tx -> tx);
    InboxTable.PlacedRecord placed = ledger.inbox().find(id);
    assertNotNull(placed);
    return placed.position();
  }

  private static List<MessageId> changing(Standing standing) {
    return standing.getChangesList().stream()
        .map(change -> MessageId.of(change.getMessageId().toByteArray()))
        .toList();
  }

  @Test
  void eachKindOfChange_isSaidOfWhatItConcerns() {
    MessageId target = arrived(FR);
    List<MessageId> all =
        List.of(
            changes(FR, UPDATE, target),
            changes(FR, RECTIFICATION, target),
            changes(FR, RESTRICTION, target),
            changes(FR, CANCEL, target));
    Standing standing = chains.standing(FR, target);
    assertTrue(standing.getSuperseded());
    assertTrue(standing.getRectified());
    assertTrue(standing.getRestricted());
    assertTrue(standing.getCancelled());
    assertEquals(all, changing(standing));
    assertTrue(record(target).getChanged());
    assertTrue(record(target).getRestricted());
  }

  @Test
  void changeByAnotherOrigin_changesNothing() {
    MessageId target = arrived(FR);
    InboxRecord before = record(target);
    for (MessageType type : List.of(UPDATE, CANCEL, RECTIFICATION, RESTRICTION)) {
      changes(SG, type, target);
    }
    assertEquals(before, record(target));
    assertEquals(Standing.getDefaultInstance(), chains.standing(FR, target));
  }

  @Test
  void cancellationByAnotherOrigin_liftsNoRestriction() {
    MessageId target = arrived(FR);
    MessageId restriction = changes(FR, RESTRICTION, target);
    changes(SG, CANCEL, restriction);
    assertTrue(record(target).getRestricted());
  }

  @Test
  void changeThatComesBeforeItsTarget_holdsWhenThatComes_ofItsOwnOriginOnly() {
    MessageId target = fresh();
    changes(FR, RESTRICTION, target);
    changes(SG, UPDATE, target);
    arrives(FR, target);
    assertTrue(record(target).getRestricted());
    assertEquals(1, chains.standing(FR, target).getChangesCount());

    MessageId others = fresh();
    changes(SG, RESTRICTION, others);
    arrives(FR, others);
    assertFalse(record(others).getRestricted());
    assertFalse(record(others).getChanged());
  }

  @Test
  void referenceToWhatWasNeverSent_changesNothing_andIsForgotten() {
    MessageId restriction = changes(FR, RESTRICTION, fresh());
    assertEquals(2, chains.chain(FR, restriction).size());
    now = now.plus(Duration.ofDays(402));
    while (prune() > 0) {
      // until nothing is left to be looked at
    }
    assertEquals(1, chains.chain(FR, restriction).size(), "only itself");
  }

  private int prune() {
    return ledger.commit(Lane.ROUTINE, tx -> chains.prune(tx, now.toEpochMilli(), 1));
  }

  @Test
  void chainOfWhatIsHere_isNotForgotten() {
    MessageId target = arrived(FR);
    MessageId restriction = changes(FR, RESTRICTION, target);
    changes(FR, CANCEL, restriction);
    now = now.plus(Duration.ofDays(402));
    int looked = ledger.commit(Lane.ROUTINE, tx -> chains.prune(tx, now.toEpochMilli(), 100));
    assertEquals(3, looked);
    assertEquals(0, prune(), "looked at today");
    assertFalse(chains.standing(FR, target).getRestricted());
    assertEquals(3, chains.chain(FR, target).size());
  }

  @Test
  void circle_endsNowhere_andEachSaysWhatItsOriginSaid() {
    MessageId one = fresh();
    MessageId two = fresh();
    arrives(FR, one);
    arrives(FR, two);
    changes(FR, UPDATE, one, two);
    changes(FR, UPDATE, two, one);
    assertTrue(chains.standing(FR, one).getSuperseded());
    assertTrue(chains.standing(FR, two).getSuperseded());
    assertEquals(2, chains.chain(FR, one).size());

    MessageId self = fresh();
    changes(FR, CANCEL, self, self);
    assertEquals(1, chains.chain(FR, self).size());
  }

  @Test
  void restriction_isLiftedByItsCancellation_andWhatWasRestrictedComesAnew() {
    MessageId target = arrived(FR);
    long before = position(target);
    MessageId restriction = changes(FR, RESTRICTION, target);
    assertEquals(before, position(target));
    changes(FR, CANCEL, restriction);
    assertFalse(record(target).getRestricted());
    assertTrue(position(target) > before, "subscribers have passed its place");
    assertTrue(chains.standing(FR, target).getChanges(0).getWithdrawn());
  }

  @Test
  void cancellationOfARestriction_thatComesBeforeIt_liftsIt() {
    MessageId target = arrived(FR);
    MessageId restriction = fresh();
    changes(FR, CANCEL, restriction);
    changes(FR, RESTRICTION, restriction, target);
    assertFalse(record(target).getRestricted());
  }

  @Test
  void oneOfTwoRestrictions_lifted_leavesTheOther() {
    MessageId target = arrived(FR);
    MessageId first = changes(FR, RESTRICTION, target);
    changes(FR, RESTRICTION, target);
    changes(FR, CANCEL, first);
    assertTrue(record(target).getRestricted());
  }

  @Test
  void cancellationOfACancellation_isNone() {
    MessageId target = arrived(FR);
    MessageId restriction = changes(FR, RESTRICTION, target);
    MessageId cancel = changes(FR, CANCEL, restriction);
    changes(FR, CANCEL, cancel);
    assertFalse(record(target).getRestricted());
    assertTrue(chains.isFinal(FR, cancel));
    assertFalse(chains.isFinal(FR, restriction));
  }

  @Test
  void recalledChange_changesNothingAnyMore() {
    MessageId target = arrived(FR);
    MessageId restriction = changes(FR, RESTRICTION, target);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          chains.recalled(tx, SG, restriction, false);
          return tx;
        });
    assertTrue(record(target).getRestricted(), "another origin recalls nothing");
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          chains.recalled(tx, FR, restriction, false);
          return tx;
        });
    assertFalse(record(target).getRestricted());
  }

  @Test
  void restriction_outlivesTheMessageThatMadeIt() {
    MessageId target = arrived(FR);
    MessageId restriction = fresh();
    arrives(FR, restriction);
    changes(FR, RESTRICTION, restriction, target);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          InboxTable.PlacedRecord placed = ledger.inbox().find(tx, restriction);
          assertNotNull(placed);
          ledger.inbox().remove(tx, placed);
          return tx;
        });
    assertTrue(chains.standing(FR, target).getRestricted());
    assertTrue(record(target).getRestricted());
  }

  @Test
  void changesOfOneMessage_areBounded_forItsSenderAndForWhoeverTakesThem() {
    MessageId target = arrived(FR);
    for (int i = 0; i < Chains.MOST; i++) {
      assertTrue(chains.hasRoom(FR, target));
      changes(FR, UPDATE, target);
    }
    assertFalse(chains.hasRoom(FR, target));
    for (int i = Chains.MOST; i < Chains.MOST_TAKEN; i++) {
      assertTrue(takes(target));
      changes(FR, UPDATE, target);
    }
    assertFalse(takes(target));
    assertTrue(takes(arrived(FR)));
  }

  private boolean takes(MessageId target) {
    return ledger.commit(Lane.ROUTINE, tx -> chains.takes(tx, FR, target));
  }

  private void recalled(MessageId id) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          chains.recalled(tx, FR, id, false);
          return tx;
        });
  }

  private long reads(Runnable change) {
    long before = store.reads();
    change.run();
    return store.reads() - before;
  }

  /** Threat 93: changes of a message that have many changes each, and are changes themselves. */
  @Test
  void changes_costAFewReadsEach_howeverManyTheirChainHas() {
    MessageId first = arrived(FR);
    MessageId target = fresh();
    changes(FR, UPDATE, target, first);
    changes(FR, RESTRICTION, target);
    long one = reads(() -> changes(FR, UPDATE, target));
    for (int i = 0; i < 40; i++) {
      MessageId update = changes(FR, UPDATE, target);
      for (int j = 0; j < 40; j++) {
        changes(FR, UPDATE, update);
      }
    }
    assertEquals(one, reads(() -> changes(FR, UPDATE, target)));
    MessageId restriction = fresh();
    assertEquals(one, reads(() -> changes(FR, RESTRICTION, restriction, target)));
    assertTrue(reads(() -> changes(FR, CANCEL, restriction)) < 24);
    assertTrue(one < 16, () -> "reads: " + one);
    long late = reads(() -> arrives(FR, target));
    assertTrue(late < 16, () -> "reads: " + late);
    assertTrue(record(target).getRestricted());
    assertTrue(reads(() -> changes(FR, UPDATE, target)) < 24);
    assertEquals(45, chains.standing(FR, target).getChangesCount());
    assertEquals(1, reads(() -> chains.standing(FR, target)));
  }

  /** More than the 1,024 changes that were looked at once. */
  @Test
  void cancellationOfARestriction_behindAnyNumberOfChanges_liftsIt() {
    MessageId target = arrived(FR);
    for (int i = 0; i < 40; i++) {
      MessageId update = changes(FR, UPDATE, target);
      for (int j = 0; j < 40; j++) {
        changes(FR, UPDATE, update);
      }
    }
    MessageId restriction = changes(FR, RESTRICTION, target);
    assertTrue(record(target).getRestricted());
    changes(FR, CANCEL, restriction);
    assertFalse(record(target).getRestricted());
    assertFalse(chains.standing(FR, target).getRestricted());
  }

  @Test
  void recalledCancellation_leavesTheRestrictionInForce() {
    MessageId target = arrived(FR);
    MessageId restriction = changes(FR, RESTRICTION, target);
    MessageId cancel = changes(FR, CANCEL, restriction);
    assertFalse(record(target).getRestricted());
    recalled(cancel);
    assertTrue(record(target).getRestricted(), "what delivery reads");
    assertTrue(chains.standing(FR, target).getRestricted(), "what is shown");
  }

  /** A change of the other kind was left out when its target arrived, and does not come back. */
  @Test
  void cancellationOfAChangeOfTheOtherKind_bringsItNotBack() {
    MessageId target = fresh();
    MessageId training = fresh();
    now = now.plusSeconds(1);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          chains.changed(tx, FR, new ChainLink(training, UPDATE, target, now.toEpochMilli(), true));
          return tx;
        });
    arrives(FR, target);
    changes(FR, CANCEL, training);
    assertEquals(Standing.getDefaultInstance(), chains.standing(FR, target));
  }

  /** Threat 93. */
  @Test
  void recall_ofWhatIsWithdrawn_readsNothingMore() {
    MessageId target = arrived(FR);
    for (int i = 0; i < Chains.MOST; i++) {
      changes(FR, UPDATE, target);
    }
    MessageId restriction = changes(FR, RESTRICTION, target);
    recalled(restriction);
    long reads = reads(() -> recalled(restriction));
    assertTrue(reads < 12, () -> "" + reads);
  }

  @Test
  void chain_isShownFromItsFirstOn_whicheverOfItIsAskedFor() {
    MessageId first = arrived(FR);
    MessageId second = changes(FR, UPDATE, first);
    MessageId third = changes(FR, RECTIFICATION, second);
    List<MessageId> expected = List.of(first, second, third);
    for (MessageId asked : expected) {
      assertEquals(
          expected,
          chains.chain(FR, asked).stream()
              .map(ChainEntry::getMessageId)
              .map(id -> MessageId.of(id.toByteArray()))
              .toList());
    }
    ChainEntry last = chains.chain(FR, first).get(2);
    assertEquals(RECTIFICATION, last.getType());
    assertEquals(second, MessageId.of(last.getReferences().toByteArray()));
  }
}
