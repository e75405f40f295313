package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.FAR;
import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.SELF;
import static org.entente.gateway.receive.RecipientNode.START;
import static org.entente.gateway.receive.RecipientNode.bytes;
import static org.entente.gateway.receive.RecipientNode.text;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.feature.consent.ConsentTable;
import org.entente.gateway.feature.request.RequestTable;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one commit of reception holds: number, content, leaves, evidence and what follows. */
class ReceptionTest {
  private static final int MOST_UNDECIDED = NodeConfig.PerAgency.DEFAULT.undecidedConsents();

  private final Path folder;
  @AutoClose private final RecipientNode node;

  ReceptionTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    node = new RecipientNode(folder);
  }

  private Delivery sealed(Permitted message) {
    return node.kit.seal(message).get(0);
  }

  private static void assertAnswer(Result result, String code, Receipt receipt) {
    assertEquals(result, receipt.getResult(), receipt::toString);
    assertEquals(code, receipt.getCode());
  }

  @Test
  void alert_delivered_isKeptInFormAtRest_withItsPlaceAndContent() {
    Permitted message = node.alert("two containers");
    Delivery delivery = sealed(message);
    assertAnswer(Result.RESULT_COMMITTED, "", node.kit.handOver(delivery));

    var placed = node.placed(message.messageId());
    var record = placed.record();
    var header = RecipientNode.header(delivery);
    assertEquals(LANE, placed.lane());
    assertEquals(ORIGIN.value(), record.getOrigin());
    assertEquals(ByteString.copyFrom(header.facts().id().bytes()), record.getEnvelopeId());
    assertEquals(0, record.getIndex());
    assertEquals(START.toEpochMilli(), record.getReceivedAtMs());
    assertEquals(START.plus(Duration.ofDays(1)).toEpochMilli(), record.getExpiresAtMs());
    assertEquals(ByteString.copyFrom(header.hash()), record.getHeaderHash());
    assertEquals(RecipientNode.day(START) + 30, record.getBucketDay());
    assertFalse(record.getExercise() || record.getWithoutTarget() || record.getChanged());
    assertTrue(record.getSealedDesks().isEmpty());
    assertEquals(
        List.of(new RetentionTable.BucketPosition(record.getBucketDay(), LANE, placed.position())),
        node.ledger.retention().of(record.getBucketDay(), 10));
    FreshContent.Content fresh =
        Objects.requireNonNull(node.ledger.inbox().fresh().at(placed.position()));
    assertEquals(message.body(), fresh.body().toByteString());
    assertEquals(message.label().getSerializedSize() + message.body().size(), fresh.bytes());
  }

  @Test
  void alert_delivered_leavesALeaf_owesEvidence_andKeepsItsHeader() {
    Permitted message = node.alert("two containers");
    Delivery delivery = sealed(message);
    byte[] hash = RecipientNode.header(delivery).hash();
    node.kit.handOver(delivery);

    AuditRecord leaf = node.leaves.only(AuditType.RECEIVED);
    assertEquals(1, node.leaves.count());
    assertEquals(LawCategory.COLLECTION, leaf.category());
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertEquals(START, leaf.at());
    assertEquals(RecipientNode.header(delivery).facts().id(), leaf.subject().envelope());
    assertEquals(List.of(message.messageId()), leaf.subject().messages());
    assertEquals(List.of(ORIGIN), leaf.subject().agencies());
    assertEquals(ByteString.copyFrom(hash), leaf.subject().headerHash());

    EvidenceItem told = node.lastOwed();
    assertEquals(1, node.kit.owed().size());
    assertEquals(EvidenceKind.EVIDENCE_KIND_DELIVERY, told.getKind());
    assertEquals(bytes(message.messageId()), told.getMessageId());
    assertEquals(SELF.value(), told.getAgency());
    assertEquals(SELF.value(), told.getRecipient());
    assertEquals(ByteString.copyFrom(hash), told.getHeaderHash());
    assertEquals(START.toEpochMilli(), Timestamps.toMillis(told.getAt()));

    var header =
        node.kit
            .evidence()
            .openHeader(Objects.requireNonNull(node.ledger.evidence().header(hash)))
            .orElseThrow();
    assertEquals(delivery.getHeader(), header.getHeader());
    assertEquals(delivery.getSignature(), header.getSignature());
    assertEquals(List.of("arrived", "report to fr.customs"), node.kit.reports().take());
    assertTrue(
        node.kit
            .meters()
            .text()
            .contains("entente_received_total{origin=\"fr.customs\",exercise=\"false\",} 1.0"),
        node.kit.meters()::text);
  }

  @Test
  void session_ofItsFirstDelivery_isKeptWithWhatVouchesForItsGateway() {
    Delivery first = sealed(node.alert("first"));
    Delivery second = sealed(node.alert("second"));
    SessionAnnouncement announced =
        SessionAnnouncement.parse(first.getStanzas(0).getAnnouncement().toByteArray())
            .orElseThrow();
    node.kit.handOver(first);
    byte[] session =
        org.entente.gateway.seal.format.Stanza.parse(first.getStanzas(0).getStanza().toByteArray())
            .orElseThrow()
            .session()
            .bytes();
    assertArrayEquals(
        announced.encoded(), node.ledger.peerFacts().announcement(ORIGIN, session).orElseThrow());
    List<EvidenceTable.Voucher> vouchers = node.ledger.evidence().vouchers(ORIGIN);
    assertEquals(1, vouchers.size());
    assertTrue(vouchers.get(0).announcement());
    assertArrayEquals(announced.encoded(), vouchers.get(0).bytes());
    node.kit.handOver(
        second.toBuilder()
            .setStanzas(0, second.getStanzas(0).toBuilder().clearAnnouncement())
            .build());
    assertEquals(2, node.window(LANE, 1).watermark());
    assertArrayEquals(
        announced.encoded(),
        node.ledger.peerFacts().announcement(ORIGIN, session).orElseThrow(),
        "one without an announcement replaces none");
  }

  @Test
  void number_givenAgain_isADuplicate_thatOnlyReports() {
    Delivery delivery = sealed(node.alert("once"));
    node.kit.handOver(delivery);
    node.kit.reports().take();
    assertAnswer(Result.RESULT_DUPLICATE, "", node.kit.handOver(delivery));
    assertEquals(List.of("report to fr.customs"), node.kit.reports().take());
    assertEquals(1, node.leaves.count());
    assertEquals(1, node.kit.owed().size());
  }

  /** As after a restart: what came is in no memory, and some of it is in no inbox. */
  @Test
  void number_givenAgain_isNamedByItsLedger_orAsUnknown() {
    Delivery kept = sealed(node.alert("kept"));
    node.kit.handOver(kept);
    node.ingress =
        (origin, label, body) ->
            Optional.of(
                IngressRefusal.open(new Refusal(SELF.value(), Code.NODE_RULE, "rule", "not this")));
    Delivery refused = sealed(node.alert("refused"));
    node.kit.handOver(refused);
    ReceivedHeaders held = node.kit.parts().opening().numbers();
    for (int epoch = 2; epoch < 2 + ReceivedHeaders.LINES; epoch++) {
      held.counted(ORIGIN, new OriginNumber(epoch, LANE, 1), new byte[32]);
    }
    assertEquals(2 + ReceivedHeaders.LINES, held.take(ORIGIN).size());
    node.kit.handOver(kept);
    node.kit.handOver(refused);
    assertEquals(
        List.of(
            new NumberedHeader(
                new OriginNumber(1, LANE, 1), Sha256.hash(kept.getHeader().toByteArray())),
            NumberedHeader.ofUnknownContent(new OriginNumber(1, LANE, 2))),
        held.take(ORIGIN));
  }

  @Test
  void number_tooFarAhead_isLeftToItsOrigin_andItsEpochIsKnown() {
    Permitted message = node.alert("far");
    Sealed sealed = node.kit.sealed(message);
    OriginNumber number = new OriginNumber(3, LANE, OriginWindow.SPAN + 1L);
    assertAnswer(
        Result.RESULT_REWRAP,
        "OVERLOADED",
        node.kit.handOver(node.kit.addressAs(number, sealed.envelope(), sealed.contentKey())));
    assertFalse(node.isHere(message.messageId()));
    assertEquals(1, node.ledger.windows().all(ORIGIN).size());
    assertEquals(3, node.ledger.windows().all(ORIGIN).get(0).window().epoch());
    assertEquals(0, node.leaves.count());
    assertEquals(List.of("report to fr.customs"), node.kit.reports().take());
  }

  @Test
  void number_ofAnEpochThatIsClosed_isRefused() {
    for (int epoch = 2; epoch <= 10; epoch++) {
      Sealed sealed = node.kit.sealed(node.alert("epoch " + epoch));
      OriginNumber number = new OriginNumber(epoch, LANE, 1);
      assertAnswer(
          Result.RESULT_COMMITTED,
          "",
          node.kit.handOver(node.kit.addressAs(number, sealed.envelope(), sealed.contentKey())));
    }
    node.kit.reports().take();
    Permitted late = node.alert("late");
    Sealed sealed = node.kit.sealed(late);
    assertAnswer(
        Result.RESULT_REFUSED,
        "SEQUENCE_CONFLICT",
        node.kit.handOver(
            node.kit.addressAs(
                new OriginNumber(1, LANE, 1), sealed.envelope(), sealed.contentKey())));
    assertFalse(node.isHere(late.messageId()));
    assertEquals(List.of(), node.kit.reports().take());
  }

  /** An origin that was set back numbers it once more. */
  @Test
  void envelope_underAnotherNumber_isToldAgain_andKeptOnce() {
    Permitted message = node.alert("once");
    Sealed sealed = node.kit.sealed(message);
    node.kit.handOver(node.kit.address(sealed.envelope(), sealed.contentKey()));
    long position = node.placed(message.messageId()).position();
    assertAnswer(
        Result.RESULT_COMMITTED,
        "",
        node.kit.handOver(node.kit.address(sealed.envelope(), sealed.contentKey())));
    assertEquals(position, node.placed(message.messageId()).position());
    assertEquals(2, node.kit.owed().size());
    assertEquals("DELIVERY", node.lastSaid());
    assertEquals(
        List.of(), node.leaves(AuditType.RECEIVED).get(1).subject().messages(), "nothing is new");
    assertEquals(
        List.of("arrived", "report to fr.customs", "report to fr.customs"),
        node.kit.reports().take());
    assertEquals(1, node.ledger.inbox().read(LANE, 0, 10).size());
  }

  @Test
  void message_whoseIdIsHereInAnotherEnvelope_isRefused_onRecord() {
    MessageId id = node.id();
    node.deliver(node.message(id, LANE, Kind.KIND_ALERT, text("first"), label -> {}));
    Receipt receipt =
        node.deliver(node.message(id, LANE, Kind.KIND_ALERT, text("second"), label -> {}));
    assertAnswer(Result.RESULT_COMMITTED, "", receipt);
    String reason = "another message with this id is already here";
    assertEquals("NON_DELIVERY SEQUENCE_CONFLICT: " + reason, node.lastSaid());
    assertEquals(SELF.value(), node.lastOwed().getRecipient());
    assertEquals(bytes(id), node.lastOwed().getMessageId());
    assertEquals(receipt.getHeaderHash(), node.lastOwed().getHeaderHash());
    AuditRecord leaf = node.leaves.only(AuditType.REFUSED);
    assertEquals("SEQUENCE_CONFLICT", leaf.outcome().code());
    assertEquals(reason, leaf.outcome().detail());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals(List.of(ORIGIN), leaf.subject().agencies());
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertTrue(
        node.kit
            .meters()
            .text()
            .contains("entente_refused_total{side=\"ingress\",code=\"SEQUENCE_CONFLICT\",} 1.0"),
        node.kit.meters()::text);
    assertNull(node.ledger.evidence().header(receipt.getHeaderHash().toByteArray()));
  }

  /** A member that makes up gateway keys without end fills no disk, and sheds no proof. */
  @Test
  void gatewayKeys_beyondTheMost_areNotTaken_andThoseKnownGoOn() {
    fillVouchers(RecipientNode.GATEWAY_KEYS - 1);
    Permitted first = node.alert("under the last key");
    node.deliver(first);
    assertTrue(node.isHere(first.messageId()));
    assertEquals(RecipientNode.GATEWAY_KEYS, node.ledger.evidence().vouchers(ORIGIN).size());
    node.deliver(node.alert("under the same key"));
    assertEquals(RecipientNode.GATEWAY_KEYS, node.ledger.evidence().vouchers(ORIGIN).size());
  }

  @Test
  void gatewayKey_beyondTheMost_leavesItsMessagesToTheirOrigin() {
    fillVouchers(RecipientNode.GATEWAY_KEYS);
    Permitted one = node.alert("under one key more");
    Receipt receipt = node.kit.handOver(node.kit.seal(one).get(0));
    assertEquals(Result.RESULT_REWRAP, receipt.getResult());
    assertEquals("LIMIT_REACHED", receipt.getCode());
    assertFalse(node.isHere(one.messageId()));
    assertEquals(RecipientNode.GATEWAY_KEYS, node.ledger.evidence().vouchers(ORIGIN).size());
  }

  /** Several come in one commit; and to count them by a scan would hold up the writer each time. */
  @Test
  void mailOfAnOriginBeyondItsShareOfTheDisk_isLeftToIt_alsoAfterARestart_andItsFlashIsNot()
      throws IOException {
    for (String headline : List.of("one", "two", "three")) {
      node.deliver(node.alert(headline));
    }
    long stored = node.ledger.inbox().stored().of(ORIGIN, LANE);
    // The share is half of what is still free: just less than is stored.
    node.disk.free(DiskThresholds.DEFAULT.refuseBelow() + 2 * stored - 1);
    node.ledger.room().look();
    assertAnswer(Result.RESULT_REWRAP, "OVERLOADED", node.kit.deliver(node.alert("four")).get(0));
    assertAnswer(Result.RESULT_COMMITTED, "", handedOver(node, Lane.FLASH));
    Path other = Files.createDirectory(folder.resolve("again"));
    try (RecipientNode again = new RecipientNode(other, node.disk)) {
      again.ledger.room().look();
      // A lane whose numbers are new to the ledger, as the origin counts from 1 here.
      assertAnswer(Result.RESULT_REWRAP, "OVERLOADED", handedOver(again, Lane.ROUTINE));
      again.disk.free(DiskThresholds.DEFAULT.refuseBelow() + 8 * stored);
      again.ledger.room().look();
      assertAnswer(Result.RESULT_COMMITTED, "", handedOver(again, Lane.ROUTINE));
    }
  }

  private static Receipt handedOver(RecipientNode one, Lane lane) {
    Permitted message =
        one.message(lane, Kind.KIND_ALERT, RecipientNode.text("one more"), label -> {});
    return one.kit.handOver(lane, one.kit.seal(message).get(0));
  }

  @Test
  void gatewayKeys_areCountedInTheTransaction() {
    EvidenceTable evidence = node.ledger.evidence();
    EvidenceTable.Voucher voucher = new EvidenceTable.Voucher(true, new byte[] {1});
    node.ledger.commit(
        LANE,
        tx -> {
          for (int i = 0; i < RecipientNode.GATEWAY_KEYS; i++) {
            assertTrue(evidence.mayVouch(tx, ORIGIN, gatewayKey(i)));
            evidence.vouch(tx, ORIGIN, gatewayKey(i), voucher);
            evidence.vouch(tx, ORIGIN, gatewayKey(i), voucher);
          }
          assertFalse(evidence.mayVouch(tx, ORIGIN, gatewayKey(RecipientNode.GATEWAY_KEYS)));
          assertTrue(evidence.mayVouch(tx, ORIGIN, gatewayKey(0)));
          return voucher;
        });
  }

  private static byte[] gatewayKey(int number) {
    byte[] key = new byte[32];
    key[0] = (byte) (number >> 8);
    key[1] = (byte) number;
    return key;
  }

  private void fillVouchers(int count) {
    node.ledger.commit(
        LANE,
        tx -> {
          for (int i = 0; i < count; i++) {
            node.ledger
                .evidence()
                .vouch(tx, ORIGIN, gatewayKey(i), new EvidenceTable.Voucher(true, new byte[] {1}));
          }
          return count;
        });
  }

  /** Threat 93. */
  @Test
  void messagesOfAnEnvelope_refusedWithOneCode_areOneLeaf_andEachIsToldToTheOrigin() {
    node.ingress =
        (origin, label, body) ->
            Optional.of(
                IngressRefusal.open(
                    new Refusal(
                        SELF.value(),
                        body.getAlert().getTexts(0).getHeadline().equals("third")
                            ? Code.NO_AGREEMENT
                            : Code.NODE_RULE,
                        "rule",
                        "not " + body.getAlert().getTexts(0).getHeadline())));
    List<Permitted> sent = List.of(node.alert("first"), node.alert("second"), node.alert("third"));
    node.kit.deliver(sent.toArray(Permitted[]::new));
    List<AuditRecord> refused = node.leaves(AuditType.REFUSED);
    assertEquals(2, refused.size());
    assertEquals(
        List.of(sent.get(0).messageId(), sent.get(1).messageId()),
        refused.get(0).subject().messages());
    assertEquals("rule: not first; rule: not second", refused.get(0).outcome().detail());
    assertEquals(List.of(sent.get(2).messageId()), refused.get(1).subject().messages());
    assertEquals(3, node.kit.owed().size());
  }

  /** What is the same of several messages is stated once. */
  @Test
  void messagesOfAnEnvelope_deliveredOrRefusedForOneReason_areTwoItems() {
    node.ingress =
        (origin, label, body) ->
            body.getAlert().getTexts(0).getHeadline().startsWith("bad")
                ? Optional.of(
                    IngressRefusal.open(
                        new Refusal(SELF.value(), Code.NODE_RULE, "rule", "not here")))
                : Optional.empty();
    List<Permitted> sent =
        List.of(node.alert("bad one"), node.alert("1"), node.alert("bad two"), node.alert("2"));
    node.kit.deliver(sent.toArray(Permitted[]::new));
    List<EvidenceItem> owed = node.kit.owed();
    assertEquals(2, owed.size());
    for (int i = 0; i < 2; i++) {
      assertEquals(
          List.of(sent.get(i).messageId(), sent.get(i + 2).messageId()),
          EvidenceMessages.of(owed.get(i)));
    }
    assertEquals(Code.NODE_RULE.name(), owed.get(0).getCode());
    assertEquals(EvidenceKind.EVIDENCE_KIND_DELIVERY, owed.get(1).getKind());
  }

  @Test
  void reason_ofARefusal_isCutInTheLeaf() {
    String reason = "x".repeat(600);
    node.ingress =
        (origin, label, body) ->
            Optional.of(
                IngressRefusal.open(new Refusal(SELF.value(), Code.NODE_RULE, "rule", reason)));
    node.deliver(node.alert("long"));
    assertEquals(500, node.leaves.only(AuditType.REFUSED).outcome().detail().length());
    assertEquals(500, node.lastOwed().getReason().length());
    assertTrue(node.lastOwed().getReason().startsWith("rule: xxx"));
    assertEquals("NODE_RULE", node.lastOwed().getCode());
    assertTrue(
        node.kit
            .meters()
            .text()
            .contains("entente_refused_total{side=\"ingress\",code=\"NODE_RULE"));
  }

  @Test
  void recall_ofWhatIsHere_isAnsweredAfterItsOwnDelivery_andItsTargetDoesNotComeBack() {
    Permitted message = node.alert("wrong");
    Sealed sealed = node.kit.sealed(message);
    node.kit.handOver(node.kit.address(sealed.envelope(), sealed.contentKey()));
    Permitted recall = node.recallOf(message.messageId());
    node.deliver(recall);
    node.kit.settle();
    assertFalse(node.record(recall.messageId()).getWithoutTarget());
    List<EvidenceItem> owed = node.kit.owed();
    assertEquals(bytes(recall.messageId()), owed.get(1).getMessageId());
    assertEquals(EvidenceKind.EVIDENCE_KIND_DELIVERY, owed.get(1).getKind());
    assertEquals(EvidenceKind.EVIDENCE_KIND_ERASURE, owed.get(2).getKind());
    assertEquals(bytes(message.messageId()), owed.get(2).getMessageId());
    assertEquals(3, owed.size(), "the recall's delivery is told once");
    assertFalse(node.isHere(message.messageId()));

    node.kit.handOver(node.kit.address(sealed.envelope(), sealed.contentKey()));
    assertTrue(
        List.of(
                "NON_DELIVERY RECALLED: its origin recalled it before it arrived",
                "NON_DELIVERY ERASED: it was erased here; nothing of it is kept again")
            .contains(node.lastSaid()),
        node::lastSaid);
    assertFalse(node.isHere(message.messageId()));
  }

  /** Attack: a client that follows recalls would drop the message that this agency got too. */
  @Test
  void recallAndChange_ofAnotherOriginsMessage_areRefused() {
    MessageId others = MessageId.fresh(FAR, node.clock.millis(), node.random);
    Permitted recall = node.recallOf(others);
    node.deliver(recall);
    assertEquals(
        "NON_DELIVERY HEADER_MISMATCH: body.recall.message_id: only its origin recalls a message",
        node.lastSaid());
    Permitted update =
        node.alert(
            RecipientNode.text("update"),
            label ->
                label.setMessageType(MessageType.MESSAGE_TYPE_UPDATE).setReferences(bytes(others)));
    node.deliver(update);
    assertEquals(
        "NON_DELIVERY HEADER_MISMATCH: label.references: only its origin changes a message",
        node.lastSaid());
    assertFalse(node.isHere(recall.messageId()));
    assertFalse(node.isHere(update.messageId()));
  }

  @Test
  void recall_beforeItsTarget_isKeptForRecallsAlone_andRefusesTheTarget() {
    Permitted message = node.alert("wrong");
    Permitted recall = node.recallOf(message.messageId());
    node.deliver(recall);
    assertTrue(node.record(recall.messageId()).getWithoutTarget());
    node.deliver(message);
    assertFalse(node.isHere(message.messageId()));
    assertEquals(
        "NON_DELIVERY RECALLED: its origin recalled it before it arrived", node.lastSaid());
  }

  /** Each recall writes a page, and the pages of many would not fit into one commit. */
  @Test
  void recalls_beyondTheMostOfAnEnvelope_areRefusedAlone() {
    Permitted target = node.kept("wrong");
    Permitted[] envelope = new Permitted[66];
    for (int i = 0; i < 65; i++) {
      envelope[i] = node.recallOf(target.messageId(), RecipientNode.LANE);
    }
    envelope[65] = node.alert("other");
    node.kit.handOver(node.kit.sealTogether(Stream.of(envelope).map(SealingItem::of).toList()));
    node.kit.settle();
    assertTrue(node.isHere(envelope[63].messageId()));
    assertFalse(node.isHere(envelope[64].messageId()));
    assertTrue(node.isHere(envelope[65].messageId()));
    assertTrue(
        node.kit.owed().stream()
            .anyMatch(
                item ->
                    item.getCode().equals("LIMIT_REACHED")
                        && item.getMessageId().equals(bytes(envelope[64].messageId()))
                        && item.getReason()
                            .equals(
                                "an envelope brings at most 64 recalls, changes, rosters, consents"
                                    + " and charges")));
  }

  @Test
  void recalls_ofWhatIsNotHere_areRefusedBeyondTheirNumber() {
    for (int i = 0; i < ReceiveKit.RECALLS; i++) {
      node.deliver(node.recallOf(node.id()));
    }
    Permitted more = node.recallOf(node.id());
    node.deliver(more);
    assertFalse(node.isHere(more.messageId()));
    assertTrue(
        node.lastSaid().startsWith("NON_DELIVERY LIMIT_REACHED: the recalled message is not here"));
    assertEquals(bytes(more.messageId()), node.lastOwed().getMessageId());
  }

  @Test
  void answer_toNoRequest_isRefusedWithItsField() {
    Permitted answer =
        node.message(
            LANE,
            Kind.KIND_ANSWER,
            Body.newBuilder().setAnswer(Answer.getDefaultInstance()).build(),
            label -> label.setInReplyTo(bytes(node.id())));
    node.deliver(answer);
    assertFalse(node.isHere(answer.messageId()));
    assertTrue(node.lastSaid().startsWith("NON_DELIVERY NOT_ASKED: label.in_reply_to: this"));
    assertEquals("NOT_ASKED", node.leaves.only(AuditType.REFUSED).outcome().code());
  }

  @Test
  void request_kept_isOwedAnAnswer() {
    Permitted request =
        node.message(
            LANE,
            Kind.KIND_REQUEST,
            Body.newBuilder().setRequest(Request.newBuilder().setQuestion("known?")).build(),
            label -> {});
    node.deliver(request);
    assertNotNull(
        RequestTable.of(node.ledger)
            .read(
                new RequestTable.Name(
                    RequestTable.Side.OWED, request.messageId(), ORIGIN.value())));
  }

  @Test
  void subjects_ofWhatIsKept_areFound() {
    Body body =
        Body.newBuilder()
            .setRequest(
                Request.newBuilder().addSubjects(Subject.newBuilder().setContainer("CSQU3054383")))
            .build();
    Permitted request = node.message(LANE, Kind.KIND_REQUEST, body, label -> {});
    node.deliver(request);
    RecordSeal atRest = new RecordSeal(node.keys, node.random);
    String term = org.entente.gateway.policy.subject.SubjectTerms.of(request.label(), body).get(0);
    List<MessageId> found = new java.util.ArrayList<>();
    node.ledger.subjects().find(atRest, term, found::add);
    assertEquals(List.of(request.messageId()), found);
  }

  @Test
  void change_ofAnEarlierMessage_isOnRecord_andMarksIt() {
    Permitted first = node.kept("first");
    Permitted update =
        node.alert(
            text("second"),
            label ->
                label
                    .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
                    .setReferences(bytes(first.messageId())));
    node.deliver(update);
    assertTrue(node.record(first.messageId()).getChanged());
    AuditRecord leaf = node.leaves.only(AuditType.CHANGED);
    assertEquals(LawCategory.ALTERATION, leaf.category());
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertEquals(List.of(first.messageId(), update.messageId()), leaf.subject().messages());
    assertEquals(List.of(ORIGIN), leaf.subject().agencies());
    assertTrue(leaf.outcome().detail().contains("UPDATE"), leaf.outcome()::detail);
  }

  /** The change comes anew behind what it changes, so that who passed it over is given it. */
  @Test
  void change_beforeWhatItChanges_comesAnewBehindIt() {
    Permitted first = node.alert("first");
    Permitted update =
        node.alert(
            text("second"),
            label ->
                label
                    .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
                    .setReferences(bytes(first.messageId())));
    node.deliver(update);
    node.deliver(first);
    node.ledger.commit(Lane.ROUTINE, tx -> tx);
    assertTrue(node.record(first.messageId()).getChanged());
    assertTrue(
        node.placed(update.messageId()).position() > node.placed(first.messageId()).position());
  }

  @Test
  void charge_givenBack_saysSo() {
    MessageId sent = node.sent(false, ORIGIN);
    for (ChargeStep step :
        List.of(ChargeStep.CHARGE_STEP_TAKEN, ChargeStep.CHARGE_STEP_GIVEN_BACK)) {
      node.deliver(charge(sent, step));
    }
    List<AuditRecord> charged = node.leaves(AuditType.CHARGED);
    assertEquals(
        List.of("taken", "given back"),
        charged.stream().map(leaf -> leaf.outcome().detail()).toList());
    assertEquals(List.of(sent), charged.get(1).subject().messages());
    assertEquals(List.of(ORIGIN), charged.get(1).subject().agencies());
    assertEquals(LawCategory.NONE, charged.get(0).category());
  }

  private Permitted charge(MessageId sent, ChargeStep step) {
    return node.message(
        LANE,
        Kind.KIND_CHARGE,
        Body.newBuilder()
            .setCharge(
                Charge.newBuilder()
                    .setMessageId(bytes(sent))
                    .setStep(step)
                    .setOfficer("FR-1")
                    .setAt(Timestamps.fromMillis(node.clock.millis())))
            .build(),
        Label.Builder::clearCategory);
  }

  /** Each is opened, sealed and logged in the one commit of its envelope. */
  @Test
  void charges_countAmongTheFewOfAnEnvelope() {
    MessageId sent = node.sent(false, ORIGIN);
    List<Permitted> charges =
        Stream.generate(() -> charge(sent, ChargeStep.CHARGE_STEP_TAKEN)).limit(65).toList();
    node.kit.handOver(node.kit.sealTogether(charges.stream().map(SealingItem::of).toList()));
    assertEquals(EnvelopeHeader.MAX_ALTERING, node.leaves(AuditType.CHARGED).size());
    assertTrue(node.isHere(charges.get(63).messageId()));
    assertFalse(node.isHere(charges.get(64).messageId()));
  }

  private void says(EvidenceItem... items) {
    node.deliver(
        node.message(
            LANE,
            Kind.KIND_EVIDENCE,
            Body.newBuilder()
                .setEvidence(EvidenceBatch.newBuilder().addAllItems(List.of(items)))
                .build(),
            Label.Builder::clearCategory));
  }

  private EvidenceItem item(MessageId about, EvidenceKind kind) {
    return node
        .kit
        .evidence()
        .item(kind, about, ORIGIN.value(), new byte[0], node.clock.millis())
        .toBuilder()
        .setAgency(ORIGIN.value())
        .build();
  }

  private List<EvidenceKind> known(MessageId id) {
    return node.kit.evidence().known(node.ledger.evidence(), id).stream()
        .map(EvidenceItem::getKind)
        .toList();
  }

  @Test
  void evidence_ofRetrievalOrErasure_takesTheMessageFromTheUnopened() {
    for (EvidenceKind kind :
        List.of(
            EvidenceKind.EVIDENCE_KIND_RETRIEVAL,
            EvidenceKind.EVIDENCE_KIND_ERASURE,
            EvidenceKind.EVIDENCE_KIND_DELIVERY)) {
      MessageId sent = node.sent(false, ORIGIN, SG);
      for (var recipient : List.of(ORIGIN, SG)) {
        node.ledger.commit(
            Lane.ROUTINE,
            tx -> {
              node.ledger
                  .awaited()
                  .list(
                      tx,
                      UnopenedRecord.newBuilder()
                          .setMessageId(bytes(sent))
                          .setRecipient(recipient.value())
                          .setLane(LANE.number())
                          .build());
              return tx;
            });
      }
      says(item(sent, kind));
      assertTrue(known(sent).contains(kind));
      AwaitedEvidenceTable.ListingState listing =
          node.ledger.awaited().listing(sent, ORIGIN.value());
      assertEquals(
          kind == EvidenceKind.EVIDENCE_KIND_DELIVERY,
          listing == AwaitedEvidenceTable.ListingState.LISTED,
          kind::name);
      assertEquals(
          AwaitedEvidenceTable.ListingState.LISTED,
          node.ledger.awaited().listing(sent, SG.value()));
    }
    assertEquals(0, node.kit.owed().size(), "evidence begets none");
  }

  @Test
  void evidence_thatARequestWasRefused_closesIt_andOfItsDeliveryDoesNot() {
    MessageId sent = node.sent(false, ORIGIN);
    RequestTable.Name name = new RequestTable.Name(RequestTable.Side.ASKED, sent, ORIGIN.value());
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          RequestTable.of(node.ledger)
              .put(
                  tx,
                  name,
                  RequestRecord.newBuilder()
                      .setRequestId(bytes(sent))
                      .setAgency(ORIGIN.value())
                      .setState(RequestState.REQUEST_STATE_OPEN)
                      .build());
          return tx;
        });
    says(item(sent, EvidenceKind.EVIDENCE_KIND_DELIVERY));
    assertEquals(RequestState.REQUEST_STATE_OPEN, state(name));
    says(
        item(sent, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY).toBuilder()
            .setCode("NODE_RULE")
            .build());
    assertEquals(RequestState.REQUEST_STATE_REFUSED, state(name));
  }

  private RequestState state(RequestTable.Name name) {
    return Objects.requireNonNull(RequestTable.of(node.ledger).read(name)).getState();
  }

  @Test
  void evidence_thatSomethingWasPassedOn_isOnRecord() {
    MessageId sent = node.sent(false, ORIGIN);
    MessageId as = node.id();
    MessageId consent = node.id();
    EvidenceItem used =
        item(sent, EvidenceKind.EVIDENCE_KIND_PASSED_ON).toBuilder()
            .addPassedOnTo(SG.value())
            .setPassedOnAs(bytes(as))
            .setConsentId(bytes(consent))
            .build();
    says(used, item(sent, EvidenceKind.EVIDENCE_KIND_DELIVERY));
    AuditRecord leaf = node.leaves.only(AuditType.CONSENT_USED);
    assertEquals(List.of(sent, consent, as), leaf.subject().messages());
    assertEquals(List.of(ORIGIN, SG), leaf.subject().agencies());
  }

  /** Each is an officer's task, and both pass the check before the commit. */
  @Test
  void requestsForConsent_inOneEnvelope_beyondTheMost_areRefused() {
    ConsentRecord open =
        ConsentRecord.newBuilder()
            .setAgency(ORIGIN.value())
            .setStage(ConsentStage.CONSENT_STAGE_OPEN)
            .build();
    node.ledger.commit(
        LANE,
        tx -> {
          for (int i = 1; i < MOST_UNDECIDED; i++) {
            ConsentTable.of(node.ledger).put(tx, ConsentTable.Side.ORIGINATOR, node.id(), open);
          }
          return open;
        });
    MessageId sent = node.sent(false, ORIGIN);
    Permitted last = requestForConsent(sent);
    Permitted beyond = requestForConsent(sent);
    Delivery both = node.kit.sealTogether(List.of(SealingItem.of(last), SealingItem.of(beyond)));
    assertAnswer(Result.RESULT_COMMITTED, "", node.kit.handOver(both));
    assertTrue(node.isHere(last.messageId()));
    assertFalse(node.isHere(beyond.messageId()));
    assertEquals(MOST_UNDECIDED, ConsentTable.of(node.ledger).open(ORIGIN));
    EvidenceItem told = node.lastOwed();
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, told.getKind());
    assertEquals("LIMIT_REACHED", told.getCode());
    assertEquals(bytes(beyond.messageId()), told.getMessageId());
  }

  private Permitted requestForConsent(MessageId sent) {
    ConsentAsked asked =
        ConsentAsked.newBuilder().addMessageIds(bytes(sent)).addAgencies(SG.value()).build();
    return node.message(
        LANE,
        Kind.KIND_CONSENT,
        Body.newBuilder().setConsent(ConsentNotice.newBuilder().setAsked(asked)).build(),
        Label.Builder::clearCategory);
  }

  @Test
  void consent_askedFor_isKept_andOnRecord() {
    MessageId sent = node.sent(false, ORIGIN);
    Permitted notice = requestForConsent(sent);
    node.deliver(notice);
    assertTrue(node.isHere(notice.messageId()));
    ConsentRecord record =
        Objects.requireNonNull(
            ConsentTable.of(node.ledger).read(ConsentTable.Side.ORIGINATOR, notice.messageId()));
    assertEquals(ConsentStage.CONSENT_STAGE_OPEN, record.getStage());
    AuditRecord leaf = node.leaves.only(AuditType.CONSENT_ASKED);
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertTrue(leaf.subject().messages().contains(sent));
  }

  @Test
  void message_thatCameUnderConsent_saysWhoseAndUntilWhen() {
    MessageId consent = node.id();
    Instant until = START.plus(Duration.ofDays(3));
    ConsentStatement statement =
        ConsentStatement.sign(
            new ConsentStatement.Content(
                StatementFrame.to(
                    new FederationName("test.example"),
                    SG,
                    ReceiveKit.originGateway(),
                    ORIGIN,
                    START.toEpochMilli()),
                consent,
                new ConsentStatement.Terms(
                    List.of(node.id()),
                    List.of(SELF),
                    List.of(),
                    List.of(Purpose.PURPOSE_IPR_ENFORCEMENT_VALUE),
                    until.toEpochMilli())),
            node.kit.originKey());
    Permitted message =
        node.alert(
            text("passed on").toBuilder()
                .addPassedOnUnder(
                    CarriedConsent.newBuilder()
                        .setStatement(ByteString.copyFrom(statement.encoded()))
                        .setVoucher(ByteString.copyFrom(node.kit.bundleOf(SG).encoded())))
                .build(),
            label -> {});
    node.deliver(message);
    AuditRecord leaf = node.leaves.only(AuditType.CAME_UNDER_CONSENT);
    assertEquals(LawCategory.COLLECTION, leaf.category());
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertEquals(List.of(message.messageId(), consent), leaf.subject().messages());
    assertEquals(List.of(ORIGIN, SG), leaf.subject().agencies());
    assertEquals("passed on with consent of sg.police until " + until, leaf.outcome().detail());
  }

  /** Two features refuse: the first in the order of the hooks decides. */
  @Test
  void answerThatNobodyAskedFor_withinAnUnknownOperation_isRefusedAsNotAsked() {
    Permitted answer =
        node.message(
            LANE,
            Kind.KIND_ANSWER,
            Body.newBuilder()
                .setAnswer(Answer.newBuilder().setResult(AnswerResult.ANSWER_RESULT_NO_HIT))
                .build(),
            label ->
                label
                    .setInReplyTo(bytes(node.id()))
                    .setOperationId(ByteString.copyFrom(new byte[OperationId.SIZE])));
    node.deliver(answer);
    assertEquals(Code.NOT_ASKED.name(), node.kit.owed().get(0).getCode());
  }
}
