package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.SELF;
import static org.entente.gateway.receive.RecipientNode.START;
import static org.entente.gateway.receive.RecipientNode.bytes;
import static org.entente.gateway.receive.RecipientNode.text;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.seal.MislabelledEnvelopes;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.store.v1.QuarantinedEnvelope;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Envelopes on whose content this gateway failed: set aside, tried again, given up. */
class QuarantinedReceiptsTest {
  @AutoClose private final RecipientNode node;
  private volatile boolean defect = true;

  QuarantinedReceiptsTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
    node.ingress =
        (origin, label, body) -> {
          if (defect) {
            throw new IllegalStateException("a defect");
          }
          return body.getAlert().getTextsCount() > 0
                  && body.getAlert().getTexts(0).getHeadline().equals("no")
              ? Optional.of(
                  IngressRefusal.open(
                      new Refusal(SELF.value(), Code.NODE_RULE, "rule", "not wanted")))
              : Optional.empty();
        };
  }

  /** Brings it as often as it takes; the last receipt. */
  private Receipt setAside(Delivery delivery) {
    Receipt receipt = Receipt.getDefaultInstance();
    for (int i = 0; i < 4; i++) {
      receipt = node.kit.handOver(delivery);
    }
    return receipt;
  }

  private Receipt setAside(Permitted... messages) {
    return setAside(node.kit.seal(messages).get(0));
  }

  private QuarantineTable.Entry waiting() {
    List<QuarantineTable.Entry> all = node.ledger.quarantine().waiting(0, 10);
    return all.get(all.size() - 1);
  }

  private QuarantineRecord record() {
    return waiting().record();
  }

  private byte[] content() {
    return Objects.requireNonNull(node.ledger.quarantine().content(waiting().number()), "content");
  }

  private QuarantineStage.DecisionResult retry() {
    return node.ledger.commit(Lane.ROUTINE, node.kit.setAside().retry(record(), content()));
  }

  @Test
  void envelope_failedOnTooOften_isSetAsideWhole_underTheKeyOfItsLastDay() {
    Permitted one = node.alert("one");
    Permitted two = node.alert("two");
    Delivery delivery = node.kit.seal(one, two).get(0);
    Receipt receipt = setAside(delivery);
    assertEquals(Result.RESULT_COMMITTED, receipt.getResult());
    assertEquals("", receipt.getCode());

    QuarantineRecord record = record();
    assertEquals(QuarantineStep.QUARANTINE_STEP_RECEIVING, record.getStep());
    assertEquals("INTERNAL", record.getCode());
    assertEquals(ORIGIN.value(), record.getAgency());
    assertEquals(LANE.number(), record.getLane());
    assertEquals(1, record.getEpoch());
    assertEquals(1, record.getSequence());
    assertEquals(START.plus(Duration.ofDays(1)).toEpochMilli(), record.getUntilMs());
    assertEquals(
        ByteString.copyFrom(RecipientNode.header(delivery).hash()), record.getHeaderHash());
    assertEquals(
        List.of(bytes(one.messageId()), bytes(two.messageId())), record.getMessageIdsList());

    QuarantinedEnvelope kept = Custody.parse(content());
    assertEquals(delivery.getHeader(), kept.getHeader());
    assertEquals(delivery.getSignature(), kept.getSignature());
    assertEquals(delivery.getLabels(), kept.getLabels());
    assertEquals(delivery.getBodies(), kept.getBodies());
    assertEquals(RecipientNode.day(START) + 1, kept.getBucketDay());
    assertTrue(node.keys.days().contains(LocalDate.ofEpochDay(RecipientNode.day(START) + 1)));

    assertEquals(1, node.window(LANE, 1).watermark());
    assertEquals(1, node.ledger.evidence().vouchers(ORIGIN).size(), "its session is kept");
    assertEquals(0, node.leaves(AuditType.RECEIVED).size());
    assertEquals(List.of("report to fr.customs"), node.kit.reports().take());
  }

  /** Its time to be decided on is bounded, however late it expires. */
  @Test
  void envelope_thatExpiresLate_waitsAMonth() {
    Permitted message = node.alert("late");
    SealingItem item = MislabelledEnvelopes.expiring(message, START.plus(Duration.ofDays(90)));
    setAside(node.kit.seal(List.of(item)).get(0));
    assertEquals(START.plus(Duration.ofDays(30)).toEpochMilli(), record().getUntilMs());
    assertEquals(RecipientNode.day(START) + 30, Custody.parse(content()).getBucketDay());
  }

  @Test
  void envelope_whoseLabelsCannotBeRead_isSetAsideWithoutTheirIds() {
    Permitted message = node.alert("odd");
    byte[] nameless = message.label().toBuilder().clearMessageId().build().toByteArray();
    byte[] garbage = {(byte) 0xff};
    Permitted right = node.alert("right");
    Delivery delivery =
        node.kit
            .seal(
                List.of(
                    MislabelledEnvelopes.with(message, nameless, message.body().toByteArray()),
                    MislabelledEnvelopes.with(node.alert("other"), garbage, new byte[0]),
                    SealingItem.of(right)))
            .get(0);
    for (int i = 0; i < 3; i++) {
      assertEquals("CANNOT_OPEN", node.kit.handOver(delivery).getCode());
    }
    Delivery failing = node.kit.seal(node.alert("poison"), right).get(0);
    setAside(failing);
    assertEquals(2, record().getMessageIdsCount());
  }

  @Test
  void retry_keepsWhatMayBeKept_andSaysWhatWasRefused() {
    Permitted yes = node.alert("yes");
    Permitted no = node.alert("no");
    Delivery delivery = node.kit.seal(yes, no).get(0);
    setAside(delivery);
    defect = false;
    QuarantineStage.DecisionResult ended = retry();
    assertEquals(QuarantineState.QUARANTINE_STATE_RELEASED, ended.state());
    assertEquals("1 messages kept for subscribers, one refused: NODE_RULE", ended.text());
    assertTrue(node.isHere(yes.messageId()));
    assertFalse(node.isHere(no.messageId()));
    assertEquals(2, node.kit.owed().size());
    byte[] hash = RecipientNode.header(delivery).hash();
    assertEquals(
        delivery.getSignature(),
        node.kit
            .evidence()
            .openHeader(Objects.requireNonNull(node.ledger.evidence().header(hash)))
            .orElseThrow()
            .getSignature());
  }

  /** Threat 68: an old copy of the ledger holds the envelope in quarantine, whole. */
  @Test
  void message_erasedAfterItsRelease_opensInNoOldCopyOfTheQuarantine() {
    Permitted message = node.alert("yes");
    setAside(node.kit.seal(message, node.alert("yes")).get(0));
    QuarantinedEnvelope old = Custody.parse(content());
    defect = false;
    retry();
    Custody custody =
        new Custody(
            node.keys,
            new SecureRandom(),
            node.kit.parts().opening().opener(),
            node.kit.setting(),
            node.kit.parts().environment().clock());
    custody.open(old).orElseThrow().close();

    Retention retention =
        new Retention(
            ReceiveKit.SELF,
            node.ledger,
            new Retention.Keys(node.keys, node.keys),
            node.kit.erasing(),
            new LabelCheck(MessageLimits.defaults()),
            node.ledger.clock(),
            new SecureRandom());
    Results.value(
        retention.erase(
            new NodeName("records"),
            message.messageId(),
            OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("art. 16(2)").build()));

    assertTrue(custody.open(old).isEmpty());
  }

  @Test
  void retry_ofWhatIsRefusedWhole_isRefused_andItsTextIsBounded() {
    List<Permitted> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(node.alert("no"));
    }
    setAside(all.toArray(Permitted[]::new));
    defect = false;
    QuarantineStage.DecisionResult ended = retry();
    assertEquals(QuarantineState.QUARANTINE_STATE_REFUSED, ended.state());
    assertTrue(ended.text().startsWith("0 messages kept for subscribers, one refused: NODE_RULE"));
    assertEquals(301, ended.text().length());
    assertTrue(ended.text().endsWith("…"));
  }

  @Test
  void retry_whileTheDefectIsThere_failsAgain() {
    setAside(node.alert("poison"));
    QuarantineRecord record = record();
    byte[] content = content();
    assertThrows(IllegalStateException.class, () -> node.kit.setAside().retry(record, content));
  }

  @Test
  void retry_ofWhatCannotBeOpenedAnyMore_isDamaged() {
    setAside(node.alert("poison"));
    defect = false;
    QuarantineRecord record = record();
    byte[] content = content();
    QuarantinedEnvelope kept = Custody.parse(content);
    byte[] cut = kept.toBuilder().setBodies(ByteString.EMPTY).build().toByteArray();
    assertThrows(CorruptRecord.class, () -> node.kit.setAside().retry(record, cut));
    assertThrows(
        CorruptRecord.class, () -> node.kit.setAside().retry(record, new byte[] {(byte) 0xff}));
    byte[] unkeyed = kept.toBuilder().setSealedContentKey(ByteString.EMPTY).build().toByteArray();
    assertThrows(CorruptRecord.class, () -> node.kit.setAside().retry(record, unkeyed));
    node.keys.destroy(LocalDate.ofEpochDay(kept.getBucketDay()));
    assertThrows(CorruptRecord.class, () -> node.kit.setAside().retry(record, content));
    assertFalse(node.keys.days().contains(LocalDate.ofEpochDay(kept.getBucketDay())));
  }

  @Test
  void retry_ofWhatHasAnUnreadableMessage_tellsTheOriginOfAll() {
    Permitted message = node.alert("poison");
    Delivery delivery =
        node
            .kit
            .seal(
                List.of(
                    SealingItem.of(message),
                    MislabelledEnvelopes.with(
                        node.alert("x"), new byte[] {(byte) 0xff}, new byte[0])))
            .get(0)
            .toBuilder()
            .addStanzas(Stanza.newBuilder().setRecipient(SG.value()))
            .build();
    // The gateway fails before it would find out.
    TransitCheck working = node.transit;
    node.transit =
        (facts, recipient, size) -> {
          throw new IllegalStateException("defect");
        };
    for (int i = 0; i < 3; i++) {
      node.kit.handOver(delivery);
    }
    node.transit = working;
    node.kit.handOver(delivery);
    QuarantineStage.DecisionResult ended = retry();
    assertEquals(QuarantineState.QUARANTINE_STATE_REFUSED, ended.state());
    assertEquals("CANNOT_OPEN: a label or body inside cannot be read", ended.text());
    assertEquals(
        "NON_DELIVERY CANNOT_OPEN: a label or body inside cannot be read", node.lastSaid());
    assertEquals(bytes(message.messageId()), node.lastOwed().getMessageId());
    assertEquals(1, node.kit.owed().size(), "the other has no id that could be read");
  }

  @Test
  void discard_tellsTheOriginOfEachMessage() {
    for (boolean expired : new boolean[] {true, false}) {
      Permitted one = node.alert("one");
      Permitted two = node.alert("two");
      Delivery delivery = node.kit.seal(one, two).get(0);
      setAside(delivery);
      int before = node.kit.owed().size();
      QuarantineRecord record = record();
      QuarantineStage.DecisionResult ended =
          node.ledger.commit(Lane.ROUTINE, tx -> node.kit.setAside().discard(tx, record, expired));
      List<EvidenceItem> told = node.kit.owed().subList(before, node.kit.owed().size());
      assertEquals(
          List.of(bytes(one.messageId()), bytes(two.messageId())),
          told.stream().map(EvidenceItem::getMessageId).toList());
      EvidenceItem last = told.get(1);
      assertEquals(expired ? "EXPIRED" : "DISCARDED", last.getCode());
      assertEquals("the recipient's gateway could not process it", last.getReason());
      assertEquals(SELF.value(), last.getRecipient());
      assertEquals(
          ByteString.copyFrom(RecipientNode.header(delivery).hash()), last.getHeaderHash());
      assertEquals(
          expired
              ? QuarantineState.QUARANTINE_STATE_EXPIRED
              : QuarantineState.QUARANTINE_STATE_DISCARDED,
          ended.state());
      assertEquals(
          expired
              ? "no decision in time; origin informed (of 2 messages)"
              : "discarded; origin informed (of 2 messages)",
          ended.text());
    }
  }

  /** A signed roster is verified with what vouched for its gateway when it came. */
  @Test
  void retry_ofARosterThatIsNotSigned_isRefused() {
    Permitted roster =
        node.message(
            LANE,
            org.entente.proto.v1.Kind.KIND_ROSTER,
            text("no roster"),
            org.entente.proto.v1.Label.Builder::clearCategory);
    setAside(roster);
    defect = false;
    assertEquals(QuarantineState.QUARANTINE_STATE_REFUSED, retry().state());
    assertEquals("BAD_SIGNATURE", node.lastOwed().getCode());
  }

  @Test
  void quarantine_full_leavesItToItsOrigin_whichIsAskedThroughATransit() {
    for (int i = 0; i < 3; i++) {
      assertEquals(Result.RESULT_COMMITTED, setAside(node.alert("poison")).getResult());
    }
    Delivery fourth = node.kit.seal(node.alert("poison")).get(0);
    node.kit.reports().take();
    Receipt receipt = setAside(fourth);
    assertEquals("QUARANTINE_FULL", receipt.getCode());
    assertEquals(Result.RESULT_REWRAP, receipt.getResult());
    assertEquals(List.of(), node.kit.reports().take(), "it holds nothing more");
    assertEquals(3, node.window(LANE, 1).watermark());
    Delivery via = RecipientNode.via(fourth, ORIGIN, HUB);
    for (int i = 0; i < 3; i++) {
      Receipt again = node.kit.handOver(HUB, LANE, List.of(via)).get(0);
      assertEquals("INTERNAL", again.getCode(), "it is judged anew");
    }
    node.kit.reports().take();
    assertEquals("QUARANTINE_FULL", node.kit.handOver(HUB, LANE, List.of(via)).get(0).getCode());
    assertEquals(List.of("ask fr.customs for 1/4"), node.kit.reports().take());
  }
}
