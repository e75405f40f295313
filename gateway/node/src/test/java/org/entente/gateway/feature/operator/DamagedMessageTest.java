package org.entente.gateway.feature.operator;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.ledger.table.ScoreTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.store.v1.ScoreRecord;
import org.entente.proto.store.v1.ScoreSeries;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.SubscribeResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Received messages that lie in the ledger and do not open when a subscriber is to have them. */
class DamagedMessageTest {
  @AutoClose private final QuarantineNode node;
  private MessageId damaged = MessageId.of(new byte[MessageId.SIZE]);

  DamagedMessageTest(@TempDir Path folder) throws IOException {
    node = new QuarantineNode(folder, new QuarantineTable.Limits(4, 1 << 20));
  }

  @BeforeEach
  void receive() {
    for (String headline : List.of("before", "damaged", "after")) {
      Permitted message = node.alert(headline);
      node.kit.deliver(message);
      damaged = headline.equals("damaged") ? message.messageId() : damaged;
    }
  }

  private InboxTable.PlacedRecord placed() {
    return requireNonNull(node.ledger.inbox().find(damaged));
  }

  private static byte[] recordKey(InboxTable.PlacedRecord placed) {
    return KeyBuilder.key().u8(placed.lane().number()).u64(placed.position()).done();
  }

  private static byte[] bodyKey(InboxTable.PlacedRecord placed) {
    return KeyBuilder.key().u64(placed.position()).done();
  }

  /** Damages a stored value in the middle, with nothing of it left in memory; what it was. */
  private byte[] damage(Table table, byte[] key) {
    byte[] before = requireNonNull(node.store.get(table, key));
    byte[] spoiled = before.clone();
    spoiled[spoiled.length / 2] ^= 1;
    put(table, key, spoiled);
    node.restart();
    return before;
  }

  private void put(Table table, byte[] key, byte[] value) {
    Batch batch = node.store.batch();
    batch.put(table, key, value);
    node.store.commit(batch, Durability.SYNCED);
  }

  private List<String> headlines(String cursor) {
    return node.all(cursor).stream().map(DamagedMessageTest::headline).toList();
  }

  private static String headline(SubscribeResponse response) {
    return response.getDelivery().getBody().getAlert().getTexts(0).getHeadline();
  }

  private QuarantineTable.Entry only() {
    List<QuarantineTable.Entry> waiting = node.quarantine.list(false, 0, 10);
    assertEquals(1, waiting.size());
    return waiting.get(0);
  }

  @Test
  void bodyThatDoesNotOpen_isSetAside_andTheOthersAreDelivered() {
    damage(Table.BODY, bodyKey(placed()));
    assertEquals(List.of("before", "after"), headlines("desk"));
    QuarantineRecord record = only().record();
    assertEquals(QuarantineStep.QUARANTINE_STEP_DELIVERING, record.getStep());
    assertEquals(Code.DAMAGED.name(), record.getCode());
    assertEquals(ByteString.copyFrom(damaged.bytes()), record.getMessageIds(0));
    assertEquals(AuditType.QUARANTINED, node.leaves.last().type());
    assertEquals(List.of("before", "after"), headlines("another"), "set aside once for all");
    assertEquals(1, node.quarantine.list(false, 0, 10).size());
  }

  /** Attack: an origin's part of the quarantine is full, and its next message ended each stream. */
  @Test
  void messagesBeyondTheRoomOfTheQuarantine_arePassedToo_andTheOthersAreDelivered() {
    Set<ByteString> spoiled = new HashSet<>(Set.of(ByteString.copyFrom(damaged.bytes())));
    for (int i = 0; i < 6; i++) {
      Permitted one = node.alert("damaged " + i);
      spoiled.add(ByteString.copyFrom(one.messageId().bytes()));
      node.kit.deliver(one);
    }
    node.kit.deliver(node.alert("last"));
    node.equivalents =
        label -> {
          if (spoiled.contains(label.getMessageId())) {
            throw new IllegalArgumentException("Timestamp is not valid");
          }
          return Optional.empty();
        };
    assertEquals(List.of("before", "after", "last"), headlines("desk"));
    assertEquals(7, node.quarantine.list(false, 0, 10).size());
    assertEquals(0, node.ledger.quarantine().use().messages(), "room is left for what arrives");
    assertEquals(
        7, node.ledger.quarantine().counts().get(QuarantineStep.QUARANTINE_STEP_DELIVERING));
    for (QuarantineTable.Entry entry : node.quarantine.list(false, 0, 10)) {
      node.quarantine.discard(QuarantineNode.OPERATOR, entry.number(), QuarantineNode.PERSON);
    }
    assertEquals(0, node.ledger.quarantine().use().messages());
  }

  /** A failure behind the opening ended the stream of each cursor, and again when it came back. */
  @Test
  void messageThatCannotBePutIntoADelivery_isSetAside_andTheOthersAreDelivered() {
    node.equivalents =
        label -> {
          if (label.getMessageId().equals(ByteString.copyFrom(damaged.bytes()))) {
            throw new IllegalArgumentException("Timestamp is not valid");
          }
          return Optional.empty();
        };
    assertEquals(List.of("before", "after"), headlines("desk"));
    assertEquals(ByteString.copyFrom(damaged.bytes()), only().record().getMessageIds(0));
    assertEquals(List.of("before", "after"), headlines("another"), "set aside once for all");
  }

  @Test
  void retry_onceItOpens_deliversItOnce_toWhoHadPassedItToo() {
    InboxTable.PlacedRecord before = placed();
    byte[] whole = damage(Table.BODY, bodyKey(before));
    assertEquals(List.of("before", "after"), headlines("desk"));
    long number = only().number();
    assertInstanceOf(
        Quarantine.Decision.FailedAgain.class,
        StatusMapper.value(
            node.quarantine.retry(QuarantineNode.OPERATOR, number, QuarantineNode.PERSON)));
    put(Table.BODY, bodyKey(before), whole);
    node.restart();
    assertEquals(List.of("before", "after"), headlines("desk"), "it waits for the operator");
    Quarantine.Decision.Decided answer =
        assertInstanceOf(
            Quarantine.Decision.Decided.class,
            StatusMapper.value(
                node.quarantine.retry(QuarantineNode.OPERATOR, number, QuarantineNode.PERSON)));
    assertEquals(QuarantineState.QUARANTINE_STATE_RELEASED, answer.record().getState());
    assertEquals(List.of("before", "after", "damaged"), headlines("desk"));
    node.quarantine.retry(QuarantineNode.OPERATOR, number, QuarantineNode.PERSON);
    assertEquals(List.of("before", "after", "damaged"), headlines("another"));
  }

  @Test
  void recordThatCannotBeRead_isSetAside_andDiscardedWithoutWord() {
    InboxTable.PlacedRecord before = placed();
    put(Table.INBOX, recordKey(before), new byte[] {-1, -1});
    node.restart();
    assertEquals(List.of("before", "after"), headlines("desk"));
    QuarantineRecord record = only().record();
    assertEquals("", record.getAgency());
    assertEquals(before.position(), record.getPosition());
    node.quarantine.discard(QuarantineNode.OPERATOR, only().number(), QuarantineNode.PERSON);
    assertNull(node.ledger.inbox().place(Lane.PRIORITY, before.position()));
    assertEquals(List.of("before", "after"), headlines("desk"));
  }

  @Test
  void discard_tellsTheOriginThatNobodyRetrievedIt_unlessSomebodyHad() {
    damage(Table.INBOX, recordKey(placed()));
    headlines("desk");
    node.quarantine.discard(QuarantineNode.OPERATOR, only().number(), QuarantineNode.PERSON);
    List<EvidenceItem> owed = node.kit.owed();
    EvidenceItem last = owed.get(owed.size() - 1);
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, last.getKind());
    assertEquals(Code.DISCARDED.name(), last.getCode());
    assertEquals(ByteString.copyFrom(damaged.bytes()), last.getMessageId());
    assertNull(node.ledger.inbox().find(damaged));
  }

  /** Otherwise they are scores of what its origin sends next under the id. */
  @Test
  void discard_removesItsScores() {
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ScoreTable scores = node.ledger.scores();
          ScoreSeries none = ScoreSeries.getDefaultInstance();
          scores.add(tx, damaged, none, scores.nextNumber(tx), ScoreRecord.getDefaultInstance(), 9);
          return damaged;
        });
    damage(Table.BODY, bodyKey(placed()));
    headlines("desk");
    assertEquals(List.of(1L), node.ledger.scores().after(0, 9));
    node.quarantine.discard(QuarantineNode.OPERATOR, only().number(), QuarantineNode.PERSON);
    assertEquals(List.of(), node.ledger.scores().after(0, 9));
    assertEquals(0, node.ledger.scores().of(damaged).getSeriesCount());
  }

  @Test
  void recall_ofWhatIsSetAside_takesItBack_andTheEntryIsGone() {
    damage(Table.BODY, bodyKey(placed()));
    headlines("desk");
    node.kit.deliver(node.recallOf(damaged));
    node.kit.settle();
    assertNull(node.ledger.inbox().find(damaged));
    Quarantine.Decision.Decided answer =
        assertInstanceOf(
            Quarantine.Decision.Decided.class,
            StatusMapper.value(
                node.quarantine.retry(
                    QuarantineNode.OPERATOR, only().number(), QuarantineNode.PERSON)));
    assertEquals(QuarantineState.QUARANTINE_STATE_GONE, answer.record().getState());
  }

  /** What may not be delivered any more is passed over as ever, and not set aside. */
  @Test
  void erasedOrExpired_isNotDamaged() {
    node.keys.days().forEach(node.keys::destroy);
    assertEquals(List.of(), headlines("desk"));
    assertEquals(List.of(), node.quarantine.list(false, 0, 10));
  }

  @Test
  void time_endsTheWaiting_andTheMessageEndsAsAnyOther() {
    damage(Table.BODY, bodyKey(placed()));
    headlines("desk");
    node.now = node.now.plus(Duration.ofDays(31));
    assertEquals(1, node.quarantine.expire());
    assertFalse(node.ledger.quarantine().holds(placed().position()));
    assertEquals(List.of(), headlines("another"), "expired");
  }

  /** It is kept longer than it is delivered, and who looks for it finds it once it opens again. */
  @Test
  void retry_pastTheTimeOfItsDelivery_letsItBeFound_andGivesItToNoSubscriber() {
    byte[] whole = damage(Table.BODY, bodyKey(placed()));
    headlines("desk");
    long number = only().number();
    node.now = node.now.plus(Duration.ofDays(2));
    assertEquals(0, node.quarantine.expire(), "its delivery ended, and it is still kept");
    assertTrue(node.ledger.quarantine().holds(placed().position()));

    put(Table.BODY, bodyKey(placed()), whole);
    node.restart();
    Quarantine.Decision.Decided answer =
        assertInstanceOf(
            Quarantine.Decision.Decided.class,
            StatusMapper.value(
                node.quarantine.retry(QuarantineNode.OPERATOR, number, QuarantineNode.PERSON)));
    assertEquals(QuarantineState.QUARANTINE_STATE_RELEASED, answer.record().getState());
    assertFalse(node.ledger.quarantine().holds(placed().position()));
    assertEquals(List.of(), headlines("another"));
    assertTrue(node.isKept(damaged));
  }

  @Test
  void hold_onWhatIsSetAside_forbidsToGiveItUp() {
    damage(Table.BODY, bodyKey(placed()));
    headlines("desk");
    node.ledger.commit(
        Lane.ROUTINE,
        (Transaction tx) -> {
          node.ledger
              .retention()
              .hold(tx, damaged, org.entente.proto.store.v1.HoldRecord.getDefaultInstance());
          return damaged;
        });
    Result.Refused<?> answer =
        assertInstanceOf(
            Result.Refused.class,
            node.quarantine.discard(
                QuarantineNode.OPERATOR, only().number(), QuarantineNode.PERSON));
    assertEquals(Code.ON_LEGAL_HOLD, answer.problem().code());
    assertTrue(node.isKept(damaged));
  }
}
