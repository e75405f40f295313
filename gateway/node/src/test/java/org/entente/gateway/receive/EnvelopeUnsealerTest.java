package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.SELF;
import static org.entente.gateway.receive.RecipientNode.START;
import static org.entente.gateway.receive.RecipientNode.bytes;
import static org.entente.gateway.receive.RecipientNode.text;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.entente.gateway.account.Work;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.MislabelledEnvelopes;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each message of an opened envelope: held against header, policy and body, and how it is kept. */
class EnvelopeUnsealerTest {
  @AutoClose private final RecipientNode node;

  EnvelopeUnsealerTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
  }

  /** Delivers the header of a message over another label. */
  private void lies(Permitted message, Consumer<Label.Builder> change) {
    Label.Builder label = message.label().toBuilder();
    change.accept(label);
    deliver(
        MislabelledEnvelopes.with(
            message, label.build().toByteArray(), message.body().toByteArray()));
  }

  private String deliver(SealingItem item) {
    return node.kit.handOver(node.kit.seal(List.of(item)).get(0)).getCode();
  }

  @Test
  void label_thatDiffersFromItsHeader_isRefused() {
    String said =
        "NON_DELIVERY HEADER_MISMATCH: origin, lane or exercise flag of the label differ from the"
            + " header's";
    lies(node.alert("other origin"), label -> label.setOrigin(SG.value()));
    assertEquals(said, node.lastSaid());
    lies(node.alert("other lane"), label -> label.setLaneValue(LANE.number() + 1));
    assertEquals(said, node.lastSaid());
    lies(node.alert("training"), label -> label.setStatus(Status.STATUS_EXERCISE));
    assertEquals(said, node.lastSaid());
    assertEquals(3, node.kit.owed().size());
    assertEquals(List.of(), node.ledger.inbox().read(LANE, 0, 10));
  }

  @Test
  void label_orBody_thatCannotBeRead_isRefusedWhole() {
    byte[] garbage = {(byte) 0xff, 1, 2};
    Permitted message = node.alert("fine");
    byte[] label = message.label().toByteArray();
    byte[] body = message.body().toByteArray();
    assertEquals("CANNOT_OPEN", deliver(MislabelledEnvelopes.with(message, garbage, body)));
    assertEquals("CANNOT_OPEN", deliver(MislabelledEnvelopes.with(message, label, garbage)));
    byte[] nameless = message.label().toBuilder().clearMessageId().build().toByteArray();
    assertEquals("CANNOT_OPEN", deliver(MislabelledEnvelopes.with(message, nameless, body)));
    assertEquals("a label or body inside cannot be read", node.leaves.last().outcome().detail());
    assertEquals(0, node.kit.owed().size());
  }

  /** Threat 92: a body that its parser would make 35 times as large. */
  @Test
  void body_ofMoreElementsThanAnEnvelopeMayHave_isRefusedUnparsed() {
    Permitted message = node.alert("fine");
    byte[] label = message.label().toByteArray();
    byte[] empty = emptyTexts(ElementCount.MOST);
    assertEquals("CANNOT_OPEN", deliver(MislabelledEnvelopes.with(message, label, empty)));
    assertEquals("a label or body inside cannot be read", node.leaves.last().outcome().detail());
    // Messages share the limit: they are held together until they are committed.
    List<SealingItem> halves = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Permitted half = node.alert("half");
      halves.add(
          MislabelledEnvelopes.with(
              half, half.label().toByteArray(), emptyTexts(ElementCount.MOST / 2)));
    }
    assertEquals("CANNOT_OPEN", node.kit.handOver(node.kit.sealTogether(halves)).getCode());
    node.deliver(message);
    assertTrue(node.isHere(message.messageId()));
  }

  /** Threat 92: within the limit of each, and together more than a gateway has. */
  @Test
  void envelopesOfManyElements_waitTogetherOnlyUpToAShare_andOthersAreTaken() {
    List<Delivery> frame = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Permitted message = node.alert("many");
      byte[] label = message.label().toByteArray();
      SealingItem item = MislabelledEnvelopes.with(message, label, emptyTexts(120_000));
      frame.addAll(node.kit.seal(List.of(item)));
    }
    Permitted honest = node.alert("honest");
    frame.addAll(node.kit.seal(honest));
    List<Receipt> receipts = node.kit.handOver(ORIGIN, LANE, frame);
    List<String> codes = receipts.stream().map(Receipt::getCode).toList();
    assertEquals(List.of("", "", "OVERLOADED", "OVERLOADED", "OVERLOADED", ""), codes);
    assertEquals(Result.RESULT_REWRAP, receipts.get(2).getResult());
    assertTrue(node.isHere(honest.messageId()));
    // What is committed holds nothing any more.
    assertEquals(
        List.of("", ""),
        node.kit.handOver(ORIGIN, LANE, frame.subList(2, 4)).stream()
            .map(Receipt::getCode)
            .toList());
  }

  /** An alert with this many empty texts, two bytes each. */
  private static byte[] emptyTexts(int count) {
    byte[] texts = new byte[2 * count];
    for (int i = 0; i < texts.length; i += 2) {
      texts[i] = (byte) (Alert.TEXTS_FIELD_NUMBER << 3 | 2);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(body);
    try {
      out.writeByteArray(Body.ALERT_FIELD_NUMBER, texts);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }

  /** What the account of the origin's agency has paid. */
  private long paid(Work work) {
    return node.kit.accounts().of(ORIGIN.value()).used(work);
  }

  private Permitted evidence(int items) {
    EvidenceItem item =
        EvidenceItem.newBuilder()
            .setKind(EvidenceKind.EVIDENCE_KIND_DELIVERY)
            .setAgency(ORIGIN.value())
            .build();
    return node.message(
        LANE,
        Kind.KIND_EVIDENCE,
        Body.newBuilder()
            .setEvidence(EvidenceBatch.newBuilder().addAllItems(Collections.nCopies(items, item)))
            .build(),
        Label.Builder::clearCategory);
  }

  /** Threat 93: a message of evidence has as many items as a change of the ledger has messages. */
  @Test
  void itemsOfEvidence_costTheirOrigin_andBeyondItsRateNoneIsRead() {
    node.deliver(evidence(10_000));
    assertEquals(5_000, paid(Work.MESSAGES));
    String code = "";
    for (int i = 0; i < 100 && code.isEmpty(); i++) {
      code = node.deliver(evidence(10_000)).getCode();
    }
    assertEquals("OVERLOADED", code);
    assertTrue(paid(Work.MESSAGES) <= 120_000, "" + paid(Work.MESSAGES));
    assertEquals(Result.RESULT_REWRAP, node.deliver(evidence(10_000)).getResult());
    Permitted honest = node.alert("costs no more than its form showed");
    node.deliver(honest);
    assertTrue(node.isHere(honest.messageId()));
  }

  private Permitted naming(int persons) {
    Request.Builder request = Request.newBuilder();
    for (int i = 0; i < persons; i++) {
      request.addSubjects(
          Subject.newBuilder()
              .setPerson(Person.newBuilder().setFamilyName("F" + i).setGivenNames("G")));
    }
    Body body = Body.newBuilder().setRequest(request).build();
    return node.message(LANE, Kind.KIND_REQUEST, body, label -> {});
  }

  /** Each is a record of the ledger, for 400 days. */
  @Test
  void messagesOfManySubjects_costTheirOriginMore() {
    node.deliver(naming(3));
    assertEquals(1, paid(Work.MESSAGES));
    node.deliver(naming(256));
    assertEquals(1 + 128, paid(Work.MESSAGES));
  }

  @Test
  void subjectsOfAMessage_areBoundedRecords() {
    List<String> terms = IntStream.range(0, 5_000).mapToObj(i -> "person:" + i).toList();
    assertEquals(EvidenceRecords.MOST_TERMS, node.kit.evidence().tokens(terms, START).size());
  }

  private Permitted underConsents(int consents) {
    CarriedConsent madeUp = CarriedConsent.newBuilder().setAnnouncement(true).build();
    return node.alert(
        text("passed on").toBuilder()
            .addAllPassedOnUnder(Collections.nCopies(consents, madeUp))
            .build(),
        label -> {});
  }

  /** Threat 91. */
  @Test
  void signaturesInsideMessages_costTheirOrigin_andBeyondItsRateNoneIsVerified() {
    AtomicInteger judged = new AtomicInteger();
    node.ingress =
        (origin, label, body) -> {
          judged.addAndGet(body.getPassedOnUnderCount());
          return Optional.empty();
        };
    node.deliver(underConsents(64));
    assertEquals(256, paid(Work.VERIFICATIONS));
    String code = "";
    for (int i = 0; i < 100 && code.isEmpty(); i++) {
      code = node.deliver(underConsents(64)).getCode();
    }
    assertEquals("OVERLOADED", code);
    assertEquals(4L * judged.get(), paid(Work.VERIFICATIONS));
    assertTrue(paid(Work.VERIFICATIONS) <= 10_000, "" + paid(Work.VERIFICATIONS));
    assertEquals("OVERLOADED", node.deliver(underConsents(1)).getCode());
  }

  @Test
  void message_afterItsExpiry_isRefused_byTheEarlierOfLabelAndHeader() {
    Permitted message = node.alert("late");
    node.clock.move(Duration.ofDays(1).minusMillis(1));
    node.deliver(message);
    assertTrue(node.isHere(message.messageId()));
    node.clock.move(Duration.ofMillis(-1));
    Permitted second = node.alert("late too");
    Instant early = node.clock.instant().plusSeconds(60);
    lies(second, label -> label.setExpiresAt(Timestamps.fromMillis(early.toEpochMilli())));
    assertEquals(early.toEpochMilli(), node.record(second.messageId()).getExpiresAtMs());
    Permitted third = node.alert("late at last");
    lies(third, Label.Builder::clearExpiresAt);
    assertEquals(third.expires().toEpochMilli(), node.record(third.messageId()).getExpiresAtMs());
    Permitted fourth = node.alert("too late");
    lies(
        fourth,
        label -> label.setExpiresAt(Timestamps.fromMillis(node.clock.instant().toEpochMilli())));
    assertEquals("NON_DELIVERY EXPIRED: arrived after its expiry", node.lastSaid());
    assertFalse(node.isHere(fourth.messageId()));
  }

  /** Each day of a retention was a key, for which the whole keystore was written again. */
  @Test
  void messagesOfManyLongRetentions_makeFewKeys_andEndInTime() {
    for (int days = EnvelopeUnsealer.MOST_DAILY; days <= 464; days++) {
      Permitted message =
          PermittedFixture.permitted(
              node.id(),
              ORIGIN,
              LANE,
              node.alert("long").label(),
              text("long"),
              START,
              "test",
              days,
              SELF.value());
      node.deliver(message);
      LocalDate stated = LocalDate.ofEpochDay(RecipientNode.day(START) + days);
      LocalDate last = LocalDate.ofEpochDay(node.record(message.messageId()).getBucketDay());
      if (days == EnvelopeUnsealer.MOST_DAILY) {
        assertEquals(stated, last);
      } else {
        assertFalse(last.isAfter(stated), last + " after " + stated);
        assertTrue(last.isAfter(stated.minusMonths(1)), last + " long before " + stated);
        assertEquals(1, last.plusDays(1).getDayOfMonth());
      }
    }
    assertTrue(node.keys.days().size() <= 5, () -> "" + node.keys.days());
  }

  /** It failed before any check, as often as it takes to fill its origin's part of a quarantine. */
  @Test
  void labelWithAnInvalidTime_isRefused() {
    for (long seconds : new long[] {1_000_000_000_000_000_000L, 253_402_300_800L}) {
      Permitted message = node.alert("at no time");
      lies(
          message,
          label -> label.setExpiresAt(Timestamp.newBuilder().setSeconds(seconds).setNanos(1)));
      assertEquals(
          "NON_DELIVERY INVALID_FIELD: label.expires_at: must be a time between the years 1 and"
              + " 9999",
          node.lastSaid());
    }
    assertEquals(0, node.ledger.quarantine().use().messages());
  }

  @Test
  void message_ofTraining_isKeptAsTraining_andNoLongerThanThisAgencysRule() {
    Permitted message = node.alert(text("drill"), label -> label.setStatus(Status.STATUS_EXERCISE));
    node.deliver(message);
    assertTrue(node.record(message.messageId()).getExercise());
    assertEquals(RecipientNode.day(START) + 7, node.record(message.messageId()).getBucketDay());
    assertTrue(node.keys.days().contains(LocalDate.ofEpochDay(RecipientNode.day(START) + 7)));
    assertTrue(
        node.kit
            .meters()
            .text()
            .contains("entente_received_total{origin=\"fr.customs\",exercise=\"true\",} 1.0"));
  }

  @Test
  void messages_ofOneEnvelope_areJudgedEach_inTheirOrder() {
    node.ingress =
        (origin, label, body) ->
            origin.equals(ORIGIN) && body.getAlert().getTexts(0).getHeadline().equals("no")
                ? Optional.of(
                    IngressRefusal.open(
                        new Refusal(SELF.value(), Code.NODE_RULE, "rule 7", "not wanted")))
                : Optional.empty();
    List<Permitted> messages = List.of(node.alert("yes"), node.alert("no"), node.alert("and"));
    node.kit.deliver(messages.toArray(Permitted[]::new));
    assertEquals(0, node.record(messages.get(0).messageId()).getIndex());
    assertEquals(2, node.record(messages.get(2).messageId()).getIndex());
    assertFalse(node.isHere(messages.get(1).messageId()));
    EvidenceItem refused = node.kit.owed().get(1);
    assertEquals(bytes(messages.get(1).messageId()), refused.getMessageId());
    assertEquals("NODE_RULE", refused.getCode());
    assertEquals("rule 7: not wanted", refused.getReason());
    InboxOpener opening = new InboxOpener(node.keys, node.ledger.inbox());
    assertEquals(
        messages.get(2).body(),
        opening.body(node.placed(messages.get(2).messageId())).orElseThrow().toByteString());
    assertEquals(
        messages.get(2).label(),
        opening.label(node.placed(messages.get(2).messageId())).orElseThrow());
  }

  @Test
  void message_whoseBucketEndsMeanwhile_isNotKept() {
    Permitted first = node.kept("first");
    LocalDate bucket = LocalDate.ofEpochDay(node.record(first.messageId()).getBucketDay());
    node.keys.forBucket(bucket).close();
    Permitted second = node.alert("second");
    node.kit.deliver(second);
    assertEquals("NON_DELIVERY ERASED: its retention has ended here", node.lastSaid());
    assertFalse(node.isHere(second.messageId()));
  }

  private Permitted evidence(AgencyName by, MessageId about) {
    EvidenceBatch.Builder batch = EvidenceBatch.newBuilder();
    for (AgencyName agency : List.of(ORIGIN, by)) {
      batch.addItems(
          node
              .kit
              .evidence()
              .item(
                  EvidenceKind.EVIDENCE_KIND_DELIVERY,
                  about,
                  agency.value(),
                  new byte[0],
                  node.clock.millis())
              .toBuilder()
              .setAgency(agency.value()));
    }
    return node.message(
        LANE,
        Kind.KIND_EVIDENCE,
        Body.newBuilder().setEvidence(batch).build(),
        Label.Builder::clearCategory);
  }

  /** What is said about mail is not mail: otherwise nobody learned any more what became of it. */
  @Test
  void evidence_ofAnOriginWhoseMailHasItsShareOfTheDisk_isTaken() {
    node.deliver(node.alert("one"));
    long stored = node.ledger.inbox().stored().of(ORIGIN, LANE);
    node.disk.free(DiskThresholds.DEFAULT.refuseBelow() + 2 * stored);
    node.ledger.room().look();
    assertEquals(Result.RESULT_REWRAP, node.deliver(node.alert("two")).getResult());
    MessageId sent = node.sent(false, ORIGIN);
    assertEquals(Result.RESULT_COMMITTED, node.deliver(evidence(ORIGIN, sent)).getResult());
    assertEquals(2, node.kit.evidence().known(node.ledger.evidence(), sent).size());
  }

  @Test
  void evidence_ofAnother_orNone_isRefusedWhole_andBegetsNone() {
    MessageId sent = node.sent(false, ORIGIN, SG);
    node.deliver(evidence(SG, sent));
    assertEquals(1, node.kit.evidence().known(node.ledger.evidence(), sent).size());
    assertEquals("LABEL_BODY_MISMATCH", node.leaves.last().outcome().code());
    assertEquals(
        "the evidence is missing or names another agency", node.leaves.last().outcome().detail());
    node.deliver(node.message(LANE, Kind.KIND_EVIDENCE, text("none"), label -> {}));
    assertEquals("LABEL_BODY_MISMATCH", node.leaves.last().outcome().code());
    assertEquals(List.of(), node.kit.owed());
    node.deliver(evidence(ORIGIN, sent));
    assertEquals(2, node.kit.evidence().known(node.ledger.evidence(), sent).size());
    assertEquals(List.of(), node.ledger.inbox().read(LANE, 0, 10), "it is no message");
  }

  /** Threat 80. */
  @Test
  void refusal_isAuditedInFull_andToldToItsOriginInFewerWords() {
    Refusal detail =
        new Refusal(SELF.value(), Code.INGRESS_REFUSED, "de-us/between", "between DE and US");
    node.ingress = (origin, label, body) -> Optional.of(new IngressRefusal(detail, "no agreement"));
    node.deliver(node.alert("probe"));
    assertEquals("de-us/between: between DE and US", node.leaves.last().outcome().detail());
    assertEquals("no agreement", node.lastOwed().getReason());
    assertEquals("INGRESS_REFUSED", node.lastOwed().getCode());
  }

  @Test
  void list_ofResponders_thatIsRefused_begetsNoEvidence() {
    node.ingress =
        (origin, label, body) ->
            Optional.of(
                IngressRefusal.open(
                    new Refusal(SELF.value(), Code.NODE_RULE, "rule", "not wanted")));
    node.deliver(
        node.message(
            LANE, Kind.KIND_RESPONDERS, Body.getDefaultInstance(), Label.Builder::clearCategory));
    assertEquals(List.of(), node.kit.owed());
    assertEquals("NODE_RULE", node.leaves.last().outcome().code());
    node.deliver(node.alert("an alert"));
    assertEquals(1, node.kit.owed().size());
  }

  @Test
  void charge_ofTrainingAsActual_orOfWhatWasSentToOthers_isRefused() {
    for (MessageId target : List.of(node.sent(true, ORIGIN), node.sent(false, SG))) {
      node.deliver(charge(target));
      assertEquals(
          "NON_DELIVERY NOT_FOUND: this agency sent no message of this id to the sender of the"
              + " charge",
          node.lastSaid());
    }
    Permitted right = charge(node.sent(false, ORIGIN));
    node.deliver(right);
    assertTrue(node.isHere(right.messageId()));
  }

  private Permitted charge(MessageId target) {
    return node.message(
        LANE,
        Kind.KIND_CHARGE,
        Body.newBuilder()
            .setCharge(
                Charge.newBuilder()
                    .setMessageId(bytes(target))
                    .setStep(ChargeStep.CHARGE_STEP_TAKEN)
                    .setOfficer("FR-1")
                    .setAt(Timestamps.fromMillis(node.clock.millis())))
            .build(),
        Label.Builder::clearCategory);
  }
}
