package org.entente.gateway.feature.operator;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threat 11: messages over which this gateway fails, as a peer brings them. */
class PoisonTest {
  private final Path folder;
  @AutoClose private QuarantineNode node;

  PoisonTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
  }

  private List<QuarantineTable.Entry> waiting() {
    return node.quarantine.list(false, 0, 100);
  }

  private long watermark() {
    return node.ledger.windows().all(ReceiveKit.ORIGIN).stream()
        .filter(one -> one.lane() == Lane.PRIORITY)
        .mapToLong(one -> one.window().watermark())
        .sum();
  }

  private static void assertAnswer(Result result, Code code, Receipt receipt) {
    assertEquals(result, receipt.getResult(), receipt::toString);
    assertEquals(code.name(), receipt.getCode());
  }

  @Test
  void poison_isLeftToItsOriginThreeTimes_thenSetAsideUnderItsNumber() {
    Permitted message = node.alert(QuarantineNode.POISON);
    Delivery poison = node.sealed(message);
    for (int i = 0; i < 3; i++) {
      assertAnswer(Result.RESULT_REWRAP, Code.INTERNAL, node.kit.handOver(poison));
      assertEquals(List.of(), waiting());
      assertEquals(0, watermark());
    }
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(poison).getResult());

    assertEquals(1, watermark(), "its number is taken in the same commit");
    assertFalse(node.isKept(message.messageId()));
    long number = waiting().get(0).number();
    QuarantineRecord record = waiting().get(0).record();
    assertEquals(QuarantineStep.QUARANTINE_STEP_RECEIVING, record.getStep());
    assertEquals("INTERNAL", record.getCode());
    assertEquals(ReceiveKit.ORIGIN.value(), record.getAgency());
    assertEquals(1, record.getSequence());
    assertEquals(
        message.messageId().toString(),
        org.entente.gateway.model.MessageId.of(record.getMessageIds(0).toByteArray()).toString());
    assertTrue(
        node.quarantine
            .reason(number, record)
            .startsWith("IllegalStateException at QuarantineNode.java:"),
        node.quarantine.reason(number, record));
    assertFalse(
        node.quarantine.reason(number, record).contains("it says"), "texts can quote content");
    AuditRecord leaf = node.leaves.last();
    assertEquals(AuditType.QUARANTINED, leaf.type());
    assertEquals(List.of(message.messageId()), leaf.subject().messages());
    assertEquals(Code.QUARANTINED.name(), leaf.outcome().code());
    assertEquals(List.of(), node.kit.owed(), "nothing is decided yet");

    assertEquals(Result.RESULT_DUPLICATE, node.kit.handOver(poison).getResult());
    assertEquals(1, waiting().size());
  }

  @Test
  void poison_inABatch_holdsBackNoneOfTheOthers() {
    List<Permitted> good = List.of(node.alert("one"), node.alert("two"));
    List<Delivery> batch = new ArrayList<>();
    batch.add(node.sealed(good.get(0)));
    batch.add(node.sealed(node.alert(QuarantineNode.POISON)));
    batch.add(node.sealed(good.get(1)));
    List<Receipt> receipts = node.kit.handOver(Lane.PRIORITY, batch);
    assertEquals(Result.RESULT_COMMITTED, receipts.get(0).getResult());
    assertAnswer(Result.RESULT_REWRAP, Code.INTERNAL, receipts.get(1));
    assertEquals(Result.RESULT_COMMITTED, receipts.get(2).getResult());
    good.forEach(message -> assertTrue(node.isKept(message.messageId())));
    assertEquals(1, watermark());
  }

  /** The transit's receipt does not reach the origin, so that it is told by a notice. */
  @Test
  void poison_throughATransit_isAskedForAtItsOrigin_thenSetAside() {
    AgencyName hub = new AgencyName("x.hub");
    Delivery poison = node.sealed(node.alert(QuarantineNode.POISON));
    OriginNumber number = new OriginNumber(1, Lane.PRIORITY, 1);
    for (int i = 1; i <= 3; i++) {
      assertAnswer(
          Result.RESULT_REWRAP,
          Code.INTERNAL,
          node.kit.handOverThrough(hub, Lane.PRIORITY, poison));
      assertEquals(java.util.Collections.nCopies(i, number), node.kit.asked());
    }
    assertEquals(
        Result.RESULT_COMMITTED, node.kit.handOverThrough(hub, Lane.PRIORITY, poison).getResult());
    assertEquals(ReceiveKit.ORIGIN.value(), waiting().get(0).record().getAgency());
    assertEquals(1, watermark());
    node.kit.handOver(node.sealed(node.alert(QuarantineNode.POISON)));
    assertEquals(3, node.kit.asked().size(), "a neighbour learns it from the receipt");
  }

  @Test
  void failure_thatPasses_setsNothingAside() {
    Permitted message = node.alert(QuarantineNode.POISON);
    Delivery delivery = node.sealed(message);
    assertAnswer(Result.RESULT_REWRAP, Code.INTERNAL, node.kit.handOver(delivery));
    node.defect = null;
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(delivery).getResult());
    assertTrue(node.isKept(message.messageId()));
    assertEquals(List.of(), waiting());
  }

  /** The disk is at fault and not the message: it is for another time, however often. */
  @Test
  void failureOfTheMachine_isLeftToItsOrigin_howeverOften() {
    node.defect =
        () ->
            new IllegalStateException(
                new StoreFailure(StoreFailure.Kind.IO, "the disk refused", null));
    Permitted message = node.alert(QuarantineNode.POISON);
    Delivery delivery = node.sealed(message);
    for (int i = 0; i < 10; i++) {
      assertAnswer(Result.RESULT_REWRAP, Code.INTERNAL, node.kit.handOver(delivery));
    }
    assertEquals(List.of(), waiting());
    node.defect = null;
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(delivery).getResult());
    assertTrue(node.isKept(message.messageId()));
  }

  /** A peer that knows of a defect fills its share: its mail goes on, and so does all other. */
  @Test
  void flood_ofPoison_fillsItsShareAndNoMore_andIsLeftToItsOrigin() throws IOException {
    node.close();
    node =
        new QuarantineNode(
            Files.createDirectory(folder.resolve("small")), new QuarantineTable.Limits(8, 1 << 20));
    List<Delivery> flood = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      flood.add(node.sealed(node.alert(QuarantineNode.POISON)));
    }
    for (int i = 0; i < 3; i++) {
      flood.forEach(poison -> node.kit.handOver(poison));
    }
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(flood.get(0)).getResult());
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(flood.get(1)).getResult());
    assertAnswer(Result.RESULT_REWRAP, Code.QUARANTINE_FULL, node.kit.handOver(flood.get(2)));
    assertEquals(2, waiting().size(), "a quarter of 8");
    assertEquals(2, watermark(), "the third is its origin's still");

    Permitted good = node.alert("fine");
    assertEquals(Result.RESULT_COMMITTED, node.kit.deliver(good).get(0).getResult());
    assertTrue(node.isKept(good.messageId()));

    assertAnswer(Result.RESULT_REWRAP, Code.INTERNAL, node.kit.handOver(flood.get(2)));
    node.quarantine.discard(
        QuarantineNode.OPERATOR, waiting().get(0).number(), QuarantineNode.PERSON);
    node.kit.handOver(flood.get(2));
    node.kit.handOver(flood.get(2));
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(flood.get(2)).getResult());
    assertEquals(2, waiting().size());
  }

  @Test
  void quarantine_atRest_showsNothingOfTheContent() {
    node.setAside(node.alert(QuarantineNode.POISON));
    byte[] word = QuarantineNode.POISON.getBytes(StandardCharsets.UTF_8);
    int entries = 0;
    for (Table table : Table.values()) {
      try (Scan scan = node.store.scan(table, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          entries += table == Table.QUARANTINE ? 1 : 0;
          String value = new String(scan.value(), StandardCharsets.ISO_8859_1);
          String content = new String(word, StandardCharsets.ISO_8859_1);
          assertFalse(value.contains(content), table::toString);
          assertFalse(value.contains("IllegalStateException"), table::toString);
        }
      }
    }
    assertTrue(entries >= 4, "record, content and what is used");
  }

  @Test
  void crash_beforeTheCommit_leavesItToItsOrigin_andAfterIt_keepsIt() {
    Permitted message = node.alert(QuarantineNode.POISON);
    Delivery poison = node.sealed(message);
    for (int i = 0; i < 3; i++) {
      node.kit.handOver(poison);
    }
    node.store.failNextCommit(new StoreFailure(StoreFailure.Kind.IO, "power", null));
    org.junit.jupiter.api.Assertions.assertThrows(
        java.util.concurrent.CompletionException.class, () -> node.kit.handOver(poison));
    node.restart();
    assertEquals(List.of(), waiting());
    assertEquals(0, watermark());
    assertNull(node.ledger.inbox().find(message.messageId()));
  }

  @Test
  void restart_keepsWhatWasSetAside_andAnotherTryDelivers() {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    node.restart();
    assertEquals(number, waiting().get(0).number());
    node.defect = null;
    Quarantine.Decision decision =
        StatusMapper.value(
            node.quarantine.retry(QuarantineNode.OPERATOR, number, QuarantineNode.PERSON));
    assertTrue(decision instanceof Quarantine.Decision.Decided d && d.now(), decision::toString);
    assertEquals(
        ReceiveKit.ORIGIN.value(),
        requireNonNull(node.ledger.inbox().find(message.messageId())).record().getOrigin());
  }
}
