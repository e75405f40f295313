package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.bytes;
import static org.entente.gateway.receive.RecipientNode.text;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training refers to training, and actual traffic to actual traffic. */
class ReceivedReferenceCheckTest {
  @AutoClose private final RecipientNode node;

  ReceivedReferenceCheckTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
  }

  private static void training(Label.Builder label, boolean exercise) {
    label.setStatus(exercise ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL);
  }

  private MessageId alert(boolean exercise) {
    Permitted message = node.alert(text("first"), label -> training(label, exercise));
    node.deliver(message);
    return message.messageId();
  }

  private Permitted update(MessageId of, boolean exercise) {
    return node.alert(
        text("changed"),
        label -> {
          training(label, exercise);
          label.setMessageType(MessageType.MESSAGE_TYPE_UPDATE).setReferences(bytes(of));
        });
  }

  private Permitted recall(MessageId of, boolean exercise) {
    return node.message(
        Lane.FLASH,
        Kind.KIND_RECALL,
        Body.newBuilder().setRecall(Recall.newBuilder().setMessageId(bytes(of))).build(),
        label -> {
          label.clearCategory();
          training(label, exercise);
        });
  }

  private Permitted reply(MessageId to, boolean exercise) {
    return node.alert(
        text("a reply"),
        label -> {
          training(label, exercise);
          label.setInReplyTo(bytes(to));
        });
  }

  private void assertTaken(Permitted message) {
    node.deliver(message);
    assertTrue(node.isHere(message.messageId()), node::lastSaid);
  }

  private void assertRefused(String reason, Permitted message) {
    node.deliver(message);
    assertFalse(node.isHere(message.messageId()));
    assertEquals("NON_DELIVERY " + reason, node.lastSaid());
    assertEquals(bytes(message.messageId()), node.lastOwed().getMessageId());
  }

  @Test
  void message_namingWhatIsOfTheOtherKind_isRefused_andOfItsOwnIsTaken() {
    for (boolean exercise : new boolean[] {true, false}) {
      MessageId of = alert(exercise);
      String reason =
          exercise
              ? " names an exercise; actual traffic may refer only to actual traffic"
              : " names actual traffic; an exercise may refer only to exercises";
      String mismatch = "HEADER_MISMATCH: ";
      assertRefused(mismatch + "label.in_reply_to" + reason, reply(of, !exercise));
      assertRefused(mismatch + "label.references" + reason, update(of, !exercise));
      assertRefused(mismatch + "body.recall.message_id" + reason, recall(of, !exercise));
      assertTaken(reply(of, exercise));
      assertTaken(update(of, exercise));
      assertTaken(recall(of, exercise));
      node.kit.settle();
    }
  }

  @Test
  void reply_toAMessageOfThisAgency_isHeldAgainstThat_ifItWasSentTheOrigin() {
    MessageId training = node.sent(true, SG, ORIGIN);
    assertRefused(
        "HEADER_MISMATCH: label.in_reply_to names an exercise; actual traffic may refer only to"
            + " actual traffic",
        reply(training, false));
    assertTaken(reply(training, true));
    assertTaken(reply(node.sent(true, SG), false));
  }

  /** Ids of replies that no message has, as many as the origin likes. */
  @Test
  void reply_toWhatIsNotHere_costsTheWriterNoScan() {
    InspectionResult.Kept message =
        new InspectionResult.Kept(
            node.id(),
            InboxRecord.getDefaultInstance(),
            ByteString.EMPTY,
            new FreshContent.Content(
                Label.newBuilder().setInReplyTo(bytes(node.id())).build(),
                Body.getDefaultInstance(),
                0),
            null,
            List.of(),
            null,
            List.of());
    EnvelopeFacts facts =
        new EnvelopeFacts(
            ORIGIN, new NodeName("gateway-1"), EnvelopeId.of(new byte[16]), LANE, false, 1, 2);
    ReceivedReferenceCheck check = new ReceivedReferenceCheck(node.ledger, node.kit.evidence());
    var unused = node.store.calls();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          assertEquals(Optional.empty(), check.refusal(tx, facts, message));
          return tx;
        });
    assertEquals(
        List.of(),
        node.store.calls().keySet().stream().filter(it -> it.startsWith("scan")).toList());
    assertEquals(Optional.empty(), check.ofSent(facts, message));
    assertEquals(1, node.store.calls().get("scan SENT"));
  }

  /** A refusal that depended on mail of others would tell its origin of that. */
  @Test
  void reply_toWhatAnotherSent_isTaken() {
    MessageId of = alert(true);
    InboxTable.PlacedRecord placed = node.placed(of);
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger
              .inbox()
              .replace(tx, placed, placed.record().toBuilder().setOrigin(SG.value()).build());
          return tx;
        });
    assertTaken(reply(of, false));
  }

  /** What cannot be read any more refuses nobody's mail. */
  @Test
  void reply_toADamagedMessage_isTaken() {
    MessageId of = alert(true);
    Batch batch = new Batch();
    batch.put(
        Table.INBOX,
        KeyBuilder.key().u8(LANE.number()).u64(node.placed(of).position()).done(),
        new byte[] {(byte) 0xff});
    node.store.commit(batch, Durability.SYNCED);
    assertTaken(reply(of, false));
  }

  /** The chain remembers of which kind a change was that is not here any more. */
  @Test
  void change_ofAChangeThatIsGone_isHeldAgainstWhatTheChainRemembers() {
    MessageId first = alert(true);
    Permitted update = update(first, true);
    assertTaken(update);
    InboxTable.PlacedRecord placed = node.placed(update.messageId());
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger.inbox().remove(tx, placed);
          return tx;
        });
    assertRefused(
        "HEADER_MISMATCH: label.references names an exercise; actual traffic may refer only to"
            + " actual traffic",
        update(update.messageId(), false));
    assertTaken(update(update.messageId(), true));
  }

  @Test
  void changes_ofOneMessage_areBounded() {
    MessageId first = alert(false);
    Permitted last = update(first, false);
    node.deliver(last);
    int taken = 1;
    while (node.isHere(last.messageId()) && taken < 500) {
      last = update(first, false);
      node.deliver(last);
      taken++;
    }
    assertEquals(
        "NON_DELIVERY LIMIT_REACHED: label.references: its target was changed too often",
        node.lastSaid());
    assertTaken(update(node.kept("another").messageId(), false));
  }
}
