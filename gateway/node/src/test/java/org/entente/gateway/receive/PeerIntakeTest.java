package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.table.HopIntakeTable;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Plate;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One peer's lane as the link sees it: hop numbers, repeats and what was adopted. */
class PeerIntakeTest {
  @AutoClose private final RecipientNode node;
  private HopIntake intake;

  PeerIntakeTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
  }

  @BeforeEach
  void open() {
    intake = intake();
  }

  private HopIntake intake() {
    ReceiveKit kit = node.kit;
    return new PeerReception(
            kit.parts(),
            node.keys,
            (origin, label, body) -> node.ingress.refusal(origin, label, body),
            kit.reports(),
            node.random,
            ExerciseRetention.NONE)
        .intake(ORIGIN, LANE);
  }

  private Delivery sealed(long epoch, long hop, String text) {
    return node.kit.seal(node.alert(text)).get(0).toBuilder()
        .setHopEpoch(epoch)
        .setHopSequence(hop)
        .build();
  }

  private List<Receipt> receive(Delivery... deliveries) {
    return intake
        .receive(List.of(deliveries), new PeerName(ORIGIN, new NodeName("gateway-1")))
        .toCompletableFuture()
        .join();
  }

  private static ByteString hash(Delivery delivery) {
    return ByteString.copyFrom(Sha256.hash(delivery.getHeader().toByteArray()));
  }

  @Test
  void numbers_goOnWhereTheyWereAdopted_andAreDurable() {
    assertEquals(0, intake.epoch());
    assertEquals(1, intake.next());
    intake.adopt(5, 100);
    assertEquals(5, intake.epoch());
    assertEquals(100, intake.next());
    Delivery first = sealed(5, 100, "one");
    Delivery second = sealed(5, 101, "two");
    List<Receipt> receipts = receive(first, second);
    assertEquals(List.of(100L, 101L), receipts.stream().map(Receipt::getHopSequence).toList());
    assertEquals(5, receipts.get(0).getHopEpoch());
    assertEquals(hash(first), receipts.get(0).getHeaderHash());
    assertEquals(Result.RESULT_COMMITTED, receipts.get(1).getResult());
    HopIntake after = intake();
    assertEquals(5, after.epoch());
    assertEquals(102, after.next());
    assertEquals(Optional.of(hash(second)), after.committedHash(5, 101));
    assertEquals(Optional.empty(), after.committedHash(5, 102));
    assertEquals(Optional.empty(), after.committedHash(4, 101));
  }

  /** A peer whose ledger is set back again and again fills no disk. */
  @Test
  void hashes_ofAnEarlierEpoch_goWithTheFirstNumberOfTheNext_andThoseOfOtherLanesStay() {
    intake.adopt(5, 1);
    receive(sealed(5, 1, "one"), sealed(5, 2, "two"));
    node.ledger.commit(
        LANE,
        tx -> {
          node.ledger.hopIntake().advance(tx, ORIGIN, Lane.FLASH, 5, 1, new byte[32]);
          return tx;
        });
    intake.adopt(6, 1);
    assertTrue(intake.committedHash(5, 2).isPresent(), "nothing of the next has come");
    Delivery first = sealed(6, 1, "three");
    receive(first);
    assertEquals(Optional.empty(), intake.committedHash(5, 1));
    assertEquals(Optional.empty(), intake.committedHash(5, 2));
    assertEquals(Optional.of(hash(first)), intake.committedHash(6, 1));
    assertTrue(node.ledger.hopIntake().hash(ORIGIN, Lane.FLASH, 5, 1).isPresent());
    receive(sealed(6, 2, "four"));
    assertTrue(intake.committedHash(6, 1).isPresent());
    node.ledger.commit(
        LANE,
        tx -> {
          HopIntakeTable hops = node.ledger.hopIntake();
          hops.advance(tx, ORIGIN, LANE, 6, 3, new byte[32]);
          hops.forget(tx, ORIGIN, LANE, hops.head(tx, ORIGIN, LANE));
          return tx;
        });
    for (long number = 1; number <= 3; number++) {
      assertEquals(Optional.empty(), intake.committedHash(6, number), "in the same commit too");
    }
  }

  @Test
  void place_adoptedBeforeWhatIsDurable_changesNothing() {
    intake.adopt(2, 1);
    receive(sealed(2, 1, "one"));
    for (long[] earlier : new long[][] {{1, 9}, {2, 1}, {2, 2}}) {
      intake.adopt(earlier[0], earlier[1]);
      assertEquals(2, intake.epoch());
      assertEquals(2, intake.next());
    }
    intake.adopt(2, 3);
    assertEquals(3, intake.next());
    intake.adopt(3, 1);
    assertEquals(3, intake.epoch());
    assertEquals(1, intake.next());
  }

  @Test
  void number_dealtWith_isADuplicate_withTheHashThatIsKept() {
    intake.adopt(1, 1);
    Delivery first = sealed(1, 1, "one");
    receive(first);
    Permitted other = node.alert("another");
    Delivery second =
        node.kit.seal(other).get(0).toBuilder().setHopEpoch(1).setHopSequence(1).build();
    Receipt again = receive(second).get(0);
    assertEquals(Result.RESULT_DUPLICATE, again.getResult());
    assertEquals("", again.getCode());
    assertEquals(hash(first), again.getHeaderHash());
    assertEquals(1, again.getHopSequence());
    assertEquals(false, node.isHere(other.messageId()));
    intake.adopt(1, 50);
    assertEquals(ByteString.EMPTY, receive(sealed(1, 40, "none")).get(0).getHeaderHash());
  }

  @Test
  void number_outOfItsTurn_stopsTheBatch() {
    intake.adopt(1, 1);
    for (Delivery wrong : List.of(sealed(1, 2, "ahead"), sealed(2, 1, "other epoch"))) {
      String failure =
          String.valueOf(
              assertThrows(CompletionException.class, () -> receive(wrong)).getMessage());
      assertTrue(
          failure.contains(
              "hop number "
                  + wrong.getHopEpoch()
                  + "/"
                  + wrong.getHopSequence()
                  + " of fr.customs on "
                  + LANE
                  + " received where "),
          failure);
    }
    assertEquals(1, intake.next());
  }

  private Delivery manyMessages(int count, long hop) {
    Permitted[] many = new Permitted[count];
    for (int i = 0; i < count; i++) {
      many[i] = node.alert("");
    }
    return node.kit.seal(many).get(0).toBuilder().setHopEpoch(1).setHopSequence(hop).build();
  }

  /**
   * Threat 93: what a frame has beyond 4,096 messages is another change of the ledger, so that a
   * FLASH goes between. Each change stands for itself.
   */
  @Test
  void frameOfManyMessages_isSeveralChanges_whichFollowEachOther() {
    intake.adopt(1, 1);
    List<Delivery> frame = new ArrayList<>();
    for (int i = 1; i <= 65; i++) {
      frame.add(manyMessages(64, i));
    }
    Delivery ahead = frame.get(64).toBuilder().setHopSequence(99).build();
    List<Delivery> broken = new ArrayList<>(frame.subList(0, 64));
    broken.add(ahead);
    assertThrows(CompletionException.class, () -> receive(broken.toArray(Delivery[]::new)));
    assertEquals(65, intake.next(), "the first change stands");
    List<Receipt> again = receive(frame.toArray(Delivery[]::new));
    assertEquals(
        LongStream.rangeClosed(1, 65).boxed().toList(),
        again.stream().map(Receipt::getHopSequence).toList());
    assertEquals(Result.RESULT_DUPLICATE, again.get(63).getResult());
    assertEquals(Result.RESULT_COMMITTED, again.get(64).getResult());
  }

  /** Asserts that the last delivery of a frame is a change of its own. */
  private void assertLastIsAnotherChange(List<Delivery> frame) {
    intake.adopt(1, 1);
    int last = frame.size() - 1;
    List<Delivery> broken = new ArrayList<>(frame.subList(0, last));
    broken.add(frame.get(last).toBuilder().setHopSequence(99).build());
    assertThrows(CompletionException.class, () -> receive(broken.toArray(Delivery[]::new)));
    assertEquals(last + 1, intake.next(), "the first change stands");
  }

  /** A recall writes the page of its target again, and may restore what its target changed. */
  @Test
  void frameOfManyRecalls_isSeveralChanges() {
    List<Delivery> frame = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Permitted[] recalls = new Permitted[63];
      for (int j = 0; j < recalls.length; j++) {
        recalls[j] = node.recallOf(node.id(), LANE);
      }
      Delivery delivery = node.kit.seal(recalls).get(0);
      frame.add(delivery.toBuilder().setHopEpoch(1).setHopSequence(i).build());
    }
    assertLastIsAnotherChange(frame);
  }

  /** What a frame may hold would not go into one commit with what waits beside it. */
  @Test
  void frameOfManyBytes_isSeveralChanges() {
    String text = "x".repeat(4 << 20);
    List<Delivery> frame = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      frame.add(sealed(1, i, text));
    }
    assertLastIsAnotherChange(frame);
  }

  /** What a member says of uses takes many times its own bytes, in records and leaves. */
  @Test
  void frameOfManyUses_isSeveralChanges() {
    node.store.takeBatchesUpTo(8 << 20);
    assertLastIsAnotherChange(List.of(uses(2_000, 1), uses(2_000, 2)));
  }

  /** A plate is found by two records, which are several times its bytes. */
  @Test
  void frameOfManySubjects_isSeveralChanges() {
    node.store.takeBatchesUpTo(8 << 20);
    assertLastIsAnotherChange(List.of(plates(1), plates(2), plates(3)));
  }

  private Delivery plates(long hop) {
    Alert.Builder alert = RecipientNode.text("plates").getAlert().toBuilder();
    for (int i = 0; i < 256; i++) {
      alert.addSubjects(
          Subject.newBuilder().setPlate(Plate.newBuilder().setIssuer("DEB").setNumber("B" + i)));
    }
    Body body = Body.newBuilder().setAlert(alert).build();
    Permitted[] many = new Permitted[60];
    for (int i = 0; i < many.length; i++) {
      many[i] = node.alert(body, label -> {});
    }
    return node.kit.seal(many).get(0).toBuilder().setHopEpoch(1).setHopSequence(hop).build();
  }

  private Delivery uses(int count, long hop) {
    List<EvidenceItem> uses = new ArrayList<>();
    MessageId sent = node.sent(false, ORIGIN);
    for (int i = 1; i <= count; i++) {
      uses.add(
          node
              .kit
              .evidence()
              .item(
                  EvidenceKind.EVIDENCE_KIND_PASSED_ON,
                  sent,
                  ORIGIN.value(),
                  new byte[0],
                  RecipientNode.START.toEpochMilli())
              .toBuilder()
              .setAgency(ORIGIN.value())
              .addPassedOnTo("sg.police")
              .setPassedOnAs(RecipientNode.bytes(node.id()))
              .build());
      sent = i % EvidenceName.PASSED_ON == 0 ? node.sent(false, ORIGIN) : sent;
    }
    return evidence(hop, uses);
  }

  /** Whatever filled the change, the mail behind it is not at fault. */
  @Test
  void delivery_withoutRoomBesideOthers_isInAChangeOfItsOwn_andNoFailure() {
    node.store.takeBatchesUpTo(2 << 20);
    intake.adopt(1, 1);
    List<Delivery> frame = new ArrayList<>();
    for (int i = 1; i <= 66; i++) {
      frame.add(manyMessages(64, i));
    }
    List<Receipt> receipts = receive(frame.toArray(Delivery[]::new));
    assertEquals(
        LongStream.rangeClosed(1, 66).boxed().toList(),
        receipts.stream().map(Receipt::getHopSequence).toList());
    receipts.forEach(receipt -> assertEquals(Result.RESULT_COMMITTED, receipt.getResult()));
    assertEquals(67, intake.next());
    assertFalse(node.kit.meters().text().contains("entente_mishaps_total{step=\"receiving\",} 1"));
  }

  /** What was done for it before it failed is undone, and the others of its batch stand. */
  @Test
  void failure_inTheCommit_undoesItsDeliveryAlone() {
    intake.adopt(1, 1);
    List<MessageId> ids = new ArrayList<>();
    List<Delivery> batch = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Permitted message = node.alert("number " + i);
      ids.add(message.messageId());
      batch.add(node.kit.seal(message).get(0).toBuilder().setHopEpoch(1).setHopSequence(i).build());
    }
    damageWindowOf(Lane.FLASH);
    Permitted flash =
        node.message(
            Lane.FLASH,
            org.entente.proto.v1.Kind.KIND_ALERT,
            RecipientNode.text("flash"),
            label -> {});
    Receipt failed = node.kit.handOver(node.kit.seal(flash).get(0));
    assertEquals(Result.RESULT_REWRAP, failed.getResult());
    assertEquals("INTERNAL", failed.getCode());
    assertEquals(false, node.isHere(flash.messageId()));
    assertEquals(2, node.ledger.hopIntake().head(ORIGIN, Lane.FLASH).next());
    assertTrue(node.kit.meters().text().contains("entente_mishaps_total{step=\"receiving\",} 1.0"));
    receive(batch.toArray(Delivery[]::new));
    ids.forEach(id -> assertTrue(node.isHere(id)));
    assertEquals(4, intake.next());
  }

  private void damageWindowOf(Lane lane) {
    org.entente.gateway.store.Batch batch = new org.entente.gateway.store.Batch();
    batch.put(
        org.entente.gateway.store.Table.ORIGIN_IN,
        org.entente.gateway.store.KeyBuilder.key().ascii(ORIGIN.value()).u8(lane.number()).done(),
        new byte[] {1});
    node.store.commit(batch, org.entente.gateway.store.Durability.SYNCED);
  }

  @Test
  void evidenceAlone_goesWithTheNextCommit() {
    intake.adopt(1, 1);
    node.writer.isPatient = true;
    long before = node.store.commits();
    CompletableFuture<List<Receipt>> evidence =
        intake
            .receive(
                List.of(evidence(1, delivered())), new PeerName(ORIGIN, new NodeName("gateway-1")))
            .toCompletableFuture();
    receive(sealed(1, 2, "a message"));
    assertEquals(Result.RESULT_COMMITTED, evidence.join().get(0).getResult());
    assertEquals(1, node.store.commits() - before);
  }

  private static List<EvidenceItem> delivered() {
    return List.of(
        EvidenceItem.newBuilder()
            .setKind(EvidenceKind.EVIDENCE_KIND_DELIVERY)
            .setAgency(ORIGIN.value())
            .build());
  }

  private Delivery evidence(long hop, List<EvidenceItem> items) {
    Permitted message =
        node.message(
            LANE,
            Kind.KIND_EVIDENCE,
            Body.newBuilder().setEvidence(EvidenceBatch.newBuilder().addAllItems(items)).build(),
            Label.Builder::clearCategory);
    return node.kit.seal(message).get(0).toBuilder().setHopEpoch(1).setHopSequence(hop).build();
  }
}
