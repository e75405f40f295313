package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.CLERK;
import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.START;
import static org.entente.gateway.receive.RecipientNode.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.seal.AnnotationKey;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.DeskClients;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Received messages opened from their form at rest, and the labels that may be built upon. */
class InboxOpenerTest {
  @AutoClose private final RecipientNode node;
  private final InboxOpener opening;
  private final KeptLabels labels;
  private Permitted message;

  InboxOpenerTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
    opening = new InboxOpener(node.keys, node.ledger.inbox());
    labels =
        new KeptLabels(
            node.ledger,
            opening,
            new DeskClients().client(CLERK.value(), "border").over(node.keys));
    message = node.alert("two containers");
  }

  @BeforeEach
  void receive() {
    node.deliver(message);
  }

  private InboxTable.PlacedRecord placed() {
    return node.placed(message.messageId());
  }

  private void forgetFresh() {
    node.ledger.inbox().fresh().expire(node.clock.millis() + 60_000);
    assertNull(node.ledger.inbox().fresh().at(placed().position()));
  }

  private void change(UnaryOperator<InboxRecord.Builder> change) {
    InboxTable.PlacedRecord placed = placed();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger
              .inbox()
              .replace(tx, placed, change.apply(placed.record().toBuilder()).build());
          return tx;
        });
  }

  private void put(Table table, byte[] key, byte[] value) {
    Batch batch = new Batch();
    batch.put(table, key, value);
    node.store.commit(batch, Durability.SYNCED);
  }

  private byte[] bodyKey() {
    return KeyBuilder.key().u64(placed().position()).done();
  }

  private void destroyBucket() {
    node.keys.destroy(LocalDate.ofEpochDay(placed().record().getBucketDay()));
  }

  @Test
  void message_opens_fromWhatWasOpenedWhenItCame_andFromItsFormAtRest() {
    for (int i = 0; i < 2; i++) {
      InboxOpener.Message opened =
          opening.message(placed(), label -> label.equals(message.label())).orElseThrow();
      assertEquals(message.label(), opened.label());
      assertEquals(message.body(), Objects.requireNonNull(opened.body()).toByteString());
      InboxOpener.Message unwanted = opening.message(placed(), label -> false).orElseThrow();
      assertEquals(message.label(), unwanted.label());
      assertNull(unwanted.body());
      assertEquals(message.label(), opening.label(placed()).orElseThrow());
      assertEquals(message.body(), opening.body(placed()).orElseThrow().toByteString());
      assertTrue(opening.isDamaged(placed()), "it is there, and so is its key");
      forgetFresh();
    }
  }

  @Test
  void unknownFields_areLeftOut_whereTheyAreNotWanted_freshOrNot() {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(9_000, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    Body plain = text("two containers");
    Body body =
        plain.toBuilder()
            .setAlert(plain.getAlert().toBuilder().setUnknownFields(unknown))
            .setUnknownFields(unknown)
            .build();
    message = node.alert(body, label -> label.setUnknownFields(unknown));
    node.deliver(message);
    for (int i = 0; i < 2; i++) {
      assertEquals(body, opening.body(placed()).orElseThrow());
      InboxOpener.Message known = opening.knownFields(placed(), label -> true).orElseThrow();
      assertEquals(plain, known.body());
      assertEquals(UnknownFieldSet.getDefaultInstance(), known.label().getUnknownFields());
      assertEquals(message.label().getLegalBasis(), known.label().getLegalBasis());
      forgetFresh();
    }
    assertNull(opening.knownFields(placed(), label -> false).orElseThrow().body());
  }

  @Test
  void message_whoseBucketIsDestroyed_doesNotOpen_freshOrNot() {
    InboxTable.PlacedRecord placed = placed();
    destroyBucket();
    assertEquals(Optional.empty(), opening.body(placed));
    assertEquals(Optional.empty(), opening.label(placed));
    assertEquals(Optional.empty(), opening.annotated(placed, (label, key) -> label));
    assertFalse(opening.isDamaged(placed));
    forgetFresh();
    assertEquals(Optional.empty(), opening.body(placed));
  }

  /** The page of both is in memory as soon as the first was read. */
  @Test
  void messages_whoseBucketIsDestroyed_doNotOpen_thoughTheirBodiesAreStillInMemory() {
    Permitted first = node.alert("one container");
    Permitted second = node.alert("another container");
    node.kit.deliver(first, second);
    forgetFresh();
    InboxTable.PlacedRecord placed = node.placed(first.messageId());
    InboxTable.PlacedRecord other = node.placed(second.messageId());
    assertEquals(placed.page(), other.page());
    assertEquals(first.body(), opening.body(placed).orElseThrow().toByteString());

    destroyBucket();
    for (InboxTable.PlacedRecord one : List.of(placed, other)) {
      byte[] body = node.ledger.inbox().body(one);
      assertTrue(body != null && body.length > 0, "ciphertext");
      assertEquals(Optional.empty(), opening.body(one));
    }
  }

  @Test
  void freshContent_ofAnotherMessage_isNotTakenForIt() {
    MessageId other = node.id();
    change(record -> record.setMessageId(RecipientNode.bytes(other)));
    InboxTable.PlacedRecord placed =
        new InboxTable.PlacedRecord(LANE, node.ledger.inbox().lastPosition(), record());
    assertEquals(message.label(), opening.message(placed, l -> true).orElseThrow().label());
    put(Table.BODY, KeyBuilder.key().u64(placed.position()).done(), new byte[] {1, 2, 3});
    assertEquals(Optional.empty(), opening.message(placed, label -> true));
  }

  private InboxRecord record() {
    return node.ledger.inbox().read(LANE, 0, 1).get(0).record();
  }

  @Test
  void message_withoutBody_orWithADamagedOne_doesNotOpen_butItsLabelDoes() {
    forgetFresh();
    put(Table.BODY, bodyKey(), new byte[100]);
    assertEquals(Optional.empty(), opening.body(placed()));
    Batch batch = new Batch();
    batch.delete(Table.BODY, bodyKey());
    node.store.commit(batch, Durability.SYNCED);
    assertEquals(Optional.empty(), opening.body(placed()));
    assertEquals(message.label(), opening.label(placed()).orElseThrow());
    assertTrue(opening.isDamaged(placed()));
  }

  /** Whoever is given it next does not read it again. */
  @Test
  void message_justReceived_isNotReadAgain_unlessItIsOnHold() {
    put(Table.BODY, bodyKey(), new byte[100]);
    assertEquals(message.body(), opening.body(placed()).orElseThrow().toByteString());
    change(record -> record.setOnHold(true));
    assertEquals(Optional.empty(), opening.body(placed()));
  }

  @Test
  void message_gone_isNotDamaged_andARecordThatCannotBeReadIs() {
    InboxTable.PlacedRecord placed = placed();
    byte[] key = KeyBuilder.key().u8(LANE.number()).u64(placed.position()).done();
    put(Table.INBOX, key, new byte[] {(byte) 0xff});
    assertTrue(opening.isDamaged(placed));
    assertThrows(CorruptRecord.class, () -> node.ledger.inbox().find(message.messageId()));
    assertEquals(Optional.empty(), labels.label(message.messageId()));
    Batch batch = new Batch();
    batch.delete(Table.INBOX, key);
    node.store.commit(batch, Durability.SYNCED);
    assertFalse(opening.isDamaged(placed));
    assertFalse(node.isHere(message.messageId()));
    assertEquals(Optional.empty(), labels.lastDay(message.messageId()));
  }

  private void hold() {
    Retention retention =
        new Retention(
            RecipientNode.SELF,
            node.ledger,
            new Retention.Keys(node.keys, node.keys),
            node.kit.erasing(),
            new LabelCheck(MessageLimits.defaults()),
            node.ledger.clock(),
            node.random);
    retention.hold(
        new NodeName("operator"),
        message.messageId(),
        OnBehalfOf.newBuilder().setOfficer("DE-1").setJustification("court order").build());
  }

  @Test
  void message_onHold_opensWithItsOwnKey_andNotWithItsBuckets() {
    hold();
    assertTrue(placed().record().getOnHold());
    destroyBucket();
    assertEquals(message.body(), opening.body(placed()).orElseThrow().toByteString());
    assertEquals(message.label(), opening.label(placed()).orElseThrow());
    assertTrue(opening.isDamaged(placed()));
    InboxTable.PlacedRecord placed = placed();
    node.keys.destroyHold(message.messageId());
    assertEquals(Optional.empty(), opening.body(placed));
    assertFalse(opening.isDamaged(placed));
  }

  @Test
  void annotationKey_isLent_andTheSameEachTime() {
    List<AnnotationKey> lent = new ArrayList<>();
    byte[] sealed =
        opening
            .annotated(
                placed(),
                (label, key) -> {
                  lent.add(key);
                  assertEquals(message.label(), label);
                  return key.seal(node.random, new byte[] {7}, new byte[] {1, 2, 3});
                })
            .orElseThrow();
    assertThrows(
        IllegalStateException.class,
        () -> lent.get(0).seal(node.random, new byte[] {7}, new byte[] {1}));
    assertArrayEquals(
        new byte[] {1, 2, 3},
        opening
            .annotated(placed(), (label, key) -> key.open(new byte[] {7}, sealed).orElseThrow())
            .orElseThrow());
  }

  @Test
  void label_ofWhatIsKept_mayBeBuiltUpon_andLastsAsLongAsItsKey() {
    assertEquals(message.label(), labels.label(message.messageId()).orElseThrow());
    assertEquals(
        LocalDate.ofEpochDay(RecipientNode.day(START.plus(Duration.ofDays(30)))),
        labels.lastDay(message.messageId()).orElseThrow());
    assertFalse(labels.isRestricted(message.messageId()));
    MessageId unknown = node.id();
    assertEquals(Optional.empty(), labels.label(unknown));
    assertEquals(Optional.empty(), labels.lastDay(unknown));
    assertFalse(labels.isRestricted(unknown));
    node.clock.move(Duration.ofDays(2));
    assertTrue(labels.label(message.messageId()).isPresent(), "past its delivery too");
  }

  @Test
  void label_ofWhatIsRecalledOrRestricted_isNotBuiltUpon() {
    change(record -> record.setRestricted(true));
    assertEquals(Optional.empty(), labels.label(message.messageId()));
    assertTrue(labels.isRestricted(message.messageId()));
    change(record -> record.setRecalled(true));
    assertFalse(labels.isRestricted(message.messageId()));
    change(record -> record.setRestricted(false));
    assertEquals(Optional.empty(), labels.label(message.messageId()));
  }

  @Test
  void label_ofWhatIsSetAside_isNotBuiltUpon() {
    node.ledger.commit(
        Lane.ROUTINE,
        tx ->
            node.kit
                .setting()
                .put(
                    tx,
                    new ProcessingFailure(Code.DAMAGED, "test"),
                    QuarantineRecord.newBuilder()
                        .setStep(QuarantineStep.QUARANTINE_STEP_DELIVERING)
                        .setLane(LANE.number())
                        .setPosition(placed().position())
                        .setUntilMs(Long.MAX_VALUE)
                        .setAgency(RecipientNode.ORIGIN.value())
                        .addMessageIds(placed().record().getMessageId()),
                    new byte[0]));
    assertEquals(Optional.empty(), labels.label(message.messageId()));
  }

  @Test
  void label_forAnotherDesk_isNotBuiltUponByThoseWhoSitElsewhere() {
    Permitted elsewhere = node.alert(text("elsewhere"), label -> label.addDesks("harbour"));
    Permitted here = node.alert(text("here"), label -> label.addDesks("border"));
    node.deliver(elsewhere);
    node.deliver(here);
    assertTrue(labels.by(CLERK).label(here.messageId()).isPresent());
    assertEquals(Optional.empty(), labels.by(CLERK).label(elsewhere.messageId()));
    assertTrue(labels.by(new NodeName("chief")).label(elsewhere.messageId()).isPresent());
    assertTrue(labels.label(elsewhere.messageId()).isPresent());
    for (Permitted one : List.of(elsewhere, here)) {
      InboxTable.PlacedRecord placed = node.placed(one.messageId());
      node.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            node.ledger
                .inbox()
                .replace(tx, placed, placed.record().toBuilder().setRestricted(true).build());
            return tx;
          });
    }
    assertTrue(labels.by(CLERK).isRestricted(here.messageId()));
    assertFalse(labels.by(CLERK).isRestricted(elsewhere.messageId()));
  }
}
