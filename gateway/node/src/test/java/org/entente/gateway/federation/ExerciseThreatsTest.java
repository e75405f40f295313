package org.entente.gateway.federation;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.UnaryOperator;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.decide.RulebookHolder;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.receive.PolicyIngressCheck;
import org.entente.gateway.retention.BucketSweep;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.seal.MislabelledEnvelopes;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Standing;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threat 63 at the recipient: a member that marks training as actual or back, in what it says of a
 * message as in what it lets a message refer to; and how long training is kept.
 */
class ExerciseThreatsTest {
  private static final String EU = "eu-customs-cooperation";
  private static final int OWN_RULE = 7;
  private static final Body ALERT =
      Body.newBuilder()
          .setAlert(
              Alert.newBuilder()
                  .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline("Headline")))
          .build();

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private Instant now = NOW;
  private final MemoryStore store = new MemoryStore(new MemoryStore.Disk());
  private final Ledger ledger = QuietLedger.started(store, () -> now);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  ExerciseThreatsTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    RulebookHolder policy =
        new RulebookHolder(PolicyFixture.demo().rulebook(), DemoMembership.demo(), 100);
    kit =
        new ReceiveKit(
            ledger,
            keys,
            keys,
            journal,
            new PolicyIngressCheck(
                ReceiveKit.SELF,
                policy,
                new LabelCheck(MessageLimits.defaults()),
                () -> now,
                () -> now,
                id -> kit().evidence().sent(ledger.evidence(), id)),
            () -> now,
            new ExerciseRetention(OWN_RULE));
  }

  private ReceiveKit kit() {
    return kit;
  }

  private Permitted message(Status status, UnaryOperator<Label.Builder> more) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
            .setStatus(status)
            .setMessageType(MessageType.MESSAGE_TYPE_ALERT)
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM);
    return PermittedFixture.permitted(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.ROUTINE,
        more.apply(label).build(),
        ALERT,
        now,
        EU,
        30,
        ReceiveKit.SELF.value());
  }

  private Permitted message(Status status) {
    return message(status, label -> label);
  }

  private Permitted replyTo(MessageId id, Status status) {
    return message(status, label -> label.setInReplyTo(ByteString.copyFrom(id.bytes())));
  }

  private Permitted changeOf(MessageId id, Status status, MessageType type) {
    return message(
        status, label -> label.setMessageType(type).setReferences(ByteString.copyFrom(id.bytes())));
  }

  private Permitted recallOf(MessageId target, Status status) {
    Label label =
        Label.newBuilder()
            .setKind(Kind.KIND_RECALL)
            .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
            .setStatus(status)
            .setMessageType(MessageType.MESSAGE_TYPE_ALERT)
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM)
            .build();
    Body body =
        Body.newBuilder()
            .setRecall(
                Recall.newBuilder()
                    .setMessageId(ByteString.copyFrom(target.bytes()))
                    .setAt(Timestamps.fromMillis(now.toEpochMilli()))
                    .setReason("the script named another container"))
            .build();
    return PermittedFixture.permitted(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.FLASH,
        label,
        body,
        now,
        FixedLabels.RECALL.agreement(),
        FixedLabels.RECALL.retentionDays(),
        ReceiveKit.SELF.value());
  }

  private MessageId taken(Permitted message) {
    kit.deliver(message);
    kit.settle();
    assertNotNull(ledger.inbox().find(message.messageId()), () -> "" + last());
    return message.messageId();
  }

  private EvidenceItem last() {
    List<EvidenceItem> owed = kit.owed();
    return owed.get(owed.size() - 1);
  }

  private void refused(Code code, String reason, Permitted message, SealingItem sealed) {
    int owed = kit.owed().size();
    for (Delivery delivery : kit.seal(List.of(sealed))) {
      kit.handOver(delivery);
    }
    kit.settle();
    assertNull(ledger.inbox().find(message.messageId()));
    assertEquals(owed + 1, kit.owed().size());
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, last().getKind());
    assertEquals(code.name(), last().getCode(), last().getReason());
    assertTrue(last().getReason().contains(reason), last().getReason());
  }

  private void refused(Code code, String reason, Permitted message) {
    refused(code, reason, message, SealingItem.of(message));
  }

  @Test
  void test_underAHeaderThatSaysActual_andBack_isRefused() {
    Permitted test = message(Status.STATUS_TEST);
    assertTrue(test.exercise());
    refused(
        Code.HEADER_MISMATCH, "exercise flag", test, MislabelledEnvelopes.exerciseReversed(test));
    Permitted system = message(Status.STATUS_SYSTEM);
    refused(
        Code.HEADER_MISMATCH,
        "exercise flag",
        system,
        MislabelledEnvelopes.exerciseReversed(system));
    assertTrue(placed(taken(test)).record().getExercise());
    assertFalse(placed(taken(system)).record().getExercise());
  }

  @Test
  void template_isRefused_underEitherHeader() {
    Permitted template = message(Status.STATUS_DRAFT);
    refused(Code.INVALID_FIELD, "label.status", template);
    refused(
        Code.HEADER_MISMATCH,
        "exercise flag",
        template,
        MislabelledEnvelopes.exerciseReversed(template));
  }

  /** A status of a later release may be training or not; nobody here can say. */
  @Test
  void statusThatIsNotKnownHere_isRefused() {
    Permitted later = message(Status.STATUS_ACTUAL, label -> label.setStatusValue(9));
    refused(Code.INVALID_FIELD, "label.status", later);
  }

  @Test
  void reply_fromTrainingToActualTraffic_andBack_isRefused() {
    MessageId actual = taken(message(Status.STATUS_ACTUAL));
    MessageId exercise = taken(message(Status.STATUS_EXERCISE));
    String field = "label.in_reply_to names";
    refused(Code.HEADER_MISMATCH, field, replyTo(actual, Status.STATUS_EXERCISE));
    refused(Code.HEADER_MISMATCH, field, replyTo(actual, Status.STATUS_TEST));
    refused(Code.HEADER_MISMATCH, field, replyTo(exercise, Status.STATUS_ACTUAL));
    taken(replyTo(actual, Status.STATUS_ACTUAL));
    taken(replyTo(exercise, Status.STATUS_EXERCISE));
    taken(replyTo(exercise, Status.STATUS_TEST));
  }

  private MessageId sent(boolean exercise, String recipient) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random);
    SentFacts facts =
        SentFacts.newBuilder()
            .addRecipients(recipient)
            .setLane(Lane.ROUTINE.number())
            .setExercise(exercise)
            .setExpiresAtMs(now.plusSeconds(86_400).toEpochMilli())
            .build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, kit.evidence(), id, facts);
          return id;
        });
    return id;
  }

  @Test
  void reply_toWhatThisAgencySentAsTheOther_isRefused() {
    String field = "label.in_reply_to names";
    String it = ReceiveKit.ORIGIN.value();
    refused(Code.HEADER_MISMATCH, field, replyTo(sent(false, it), Status.STATUS_EXERCISE));
    refused(Code.HEADER_MISMATCH, field, replyTo(sent(true, it), Status.STATUS_ACTUAL));
    taken(replyTo(sent(true, it), Status.STATUS_EXERCISE));
  }

  /** Whoever knows the id of a message must not learn from a refusal who else was sent it. */
  @Test
  void reply_toWhatItsOriginWasNotSent_tellsNothing() {
    taken(replyTo(sent(true, "us.cbp"), Status.STATUS_ACTUAL));
    taken(replyTo(sent(false, "us.cbp"), Status.STATUS_EXERCISE));
    taken(
        replyTo(
            MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
            Status.STATUS_EXERCISE));
  }

  @Test
  void change_ofActualTrafficByTraining_andBack_isRefused_andChangesNothing() {
    MessageId actual = taken(message(Status.STATUS_ACTUAL));
    MessageId exercise = taken(message(Status.STATUS_EXERCISE));
    for (MessageType type :
        List.of(MessageType.MESSAGE_TYPE_CANCEL, MessageType.MESSAGE_TYPE_RESTRICTION)) {
      refused(
          Code.HEADER_MISMATCH,
          "label.references names",
          changeOf(actual, Status.STATUS_EXERCISE, type));
      refused(
          Code.HEADER_MISMATCH,
          "label.references names",
          changeOf(exercise, Status.STATUS_ACTUAL, type));
    }
    for (MessageId id : List.of(actual, exercise)) {
      assertFalse(placed(id).record().getChanged());
      assertFalse(placed(id).record().getRestricted());
    }
    taken(changeOf(exercise, Status.STATUS_TEST, MessageType.MESSAGE_TYPE_CANCEL));
    assertTrue(ledger.chains().standing(ReceiveKit.ORIGIN, exercise).getCancelled());
  }

  @Test
  void recall_ofActualTrafficByTraining_andBack_isRefused_andErasesNothing() {
    MessageId actual = taken(message(Status.STATUS_ACTUAL));
    MessageId exercise = taken(message(Status.STATUS_EXERCISE));
    String field = "body.recall.message_id names";
    refused(Code.HEADER_MISMATCH, field, recallOf(actual, Status.STATUS_EXERCISE));
    refused(Code.HEADER_MISMATCH, field, recallOf(exercise, Status.STATUS_ACTUAL));
    refused(Code.INGRESS_REFUSED, "the label of recall", recallOf(exercise, Status.STATUS_TEST));
    assertNotNull(ledger.inbox().find(actual));
    assertNotNull(ledger.inbox().find(exercise));
    taken(recallOf(exercise, Status.STATUS_EXERCISE));
    assertNull(ledger.inbox().find(exercise));
    assertNotNull(ledger.inbox().find(actual));
  }

  private MessageId takenFrom(Permitted message, List<Delivery> deliveries) {
    deliveries.forEach(kit::handOver);
    kit.settle();
    assertNotNull(ledger.inbox().find(message.messageId()), () -> "" + last());
    return message.messageId();
  }

  /** Nobody knows yet of which kind the target is; what lied about it does nothing to it. */
  @Test
  void recall_thatComesBeforeItsTargetOfTheOtherKind_blocksNothing() {
    for (Status status : List.of(Status.STATUS_ACTUAL, Status.STATUS_EXERCISE)) {
      Status other = status == Status.STATUS_ACTUAL ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL;
      Permitted target = message(status);
      Permitted second = message(status);
      Permitted third = message(status);
      taken(recallOf(target.messageId(), other));
      takenFrom(target, kit.seal(target));
      // An honest recall holds, whatever else is said before or after it.
      taken(recallOf(second.messageId(), status));
      taken(recallOf(second.messageId(), other));
      refused(Code.RECALLED, "recalled it before it arrived", second);
      taken(recallOf(third.messageId(), other));
      taken(recallOf(third.messageId(), status));
      refused(Code.RECALLED, "recalled it before it arrived", third);
    }
  }

  @Test
  void change_thatComesBeforeItsTargetOfTheOtherKind_changesNothing() {
    for (Status status : List.of(Status.STATUS_ACTUAL, Status.STATUS_EXERCISE)) {
      Status other = status == Status.STATUS_ACTUAL ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL;
      Permitted target = message(status);
      MessageId id = target.messageId();
      taken(changeOf(id, other, MessageType.MESSAGE_TYPE_RESTRICTION));
      MessageId update = taken(changeOf(id, status, MessageType.MESSAGE_TYPE_UPDATE));
      taken(changeOf(id, other, MessageType.MESSAGE_TYPE_CANCEL));
      takenFrom(target, kit.seal(target));
      assertFalse(placed(id).record().getRestricted());
      Standing standing = ledger.chains().standing(ReceiveKit.ORIGIN, id);
      assertEquals(1, standing.getChangesCount(), standing::toString);
      assertEquals(ByteString.copyFrom(update.bytes()), standing.getChanges(0).getMessageId());
      assertTrue(standing.getSuperseded());
      assertFalse(standing.getCancelled());
    }
  }

  /** What restricts stays known when the message that said it is gone, and so does its kind. */
  @Test
  void restriction_thatIsErasedHere_isLiftedByNothingOfTheOtherKind() {
    MessageId target = taken(message(Status.STATUS_ACTUAL));
    MessageId restriction =
        taken(changeOf(target, Status.STATUS_ACTUAL, MessageType.MESSAGE_TYPE_RESTRICTION));
    LabelCheck check = new LabelCheck(MessageLimits.defaults());
    new Retention(
            ReceiveKit.SELF,
            ledger,
            new Retention.Keys(keys, keys),
            kit.erasing(),
            check,
            () -> now,
            random)
        .erase(
            new NodeName("records"),
            restriction,
            OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("art. 16(2)").build());
    assertNull(ledger.inbox().find(restriction));

    refused(
        Code.HEADER_MISMATCH,
        "label.references names",
        changeOf(restriction, Status.STATUS_EXERCISE, MessageType.MESSAGE_TYPE_CANCEL));
    refused(
        Code.HEADER_MISMATCH,
        "body.recall.message_id names",
        recallOf(restriction, Status.STATUS_EXERCISE));
    assertTrue(placed(target).record().getRestricted());
    taken(changeOf(restriction, Status.STATUS_ACTUAL, MessageType.MESSAGE_TYPE_CANCEL));
    assertFalse(placed(target).record().getRestricted());
  }

  /** A record that a defect or the disk spoiled is this gateway's trouble, not its sender's. */
  @Test
  void message_thatNamesOneWhoseRecordIsDamaged_isKept() {
    MessageId named = taken(message(Status.STATUS_ACTUAL));
    InboxTable.PlacedRecord placed = placed(named);
    store.commit(
        store
            .batch()
            .put(
                Table.INBOX,
                KeyBuilder.key().u8(placed.lane().number()).u64(placed.position()).done(),
                new byte[] {-1, -1}),
        Durability.SYNCED);
    assertThrows(CorruptRecord.class, () -> ledger.inbox().find(named));
    taken(replyTo(named, Status.STATUS_ACTUAL));
    taken(replyTo(named, Status.STATUS_EXERCISE));
  }

  private InboxTable.PlacedRecord placed(MessageId id) {
    return requireNonNull(ledger.inbox().find(id));
  }

  private static long dayIn(Instant from, int days) {
    return LocalDate.ofInstant(from.plus(Duration.ofDays(days)), ZoneOffset.UTC).toEpochDay();
  }

  @Test
  void training_isErasedByTheOwnRule_andActualTrafficByItsLabel() {
    MessageId actual = taken(message(Status.STATUS_ACTUAL));
    MessageId exercise = taken(message(Status.STATUS_EXERCISE));
    MessageId test = taken(message(Status.STATUS_TEST));
    assertEquals(dayIn(NOW, 30), placed(actual).record().getBucketDay());
    assertEquals(dayIn(NOW, OWN_RULE), placed(exercise).record().getBucketDay());
    assertEquals(dayIn(NOW, OWN_RULE), placed(test).record().getBucketDay());

    BucketSweep sweep = new BucketSweep(ReceiveKit.SELF, ledger, kit.evidence(), () -> now);
    now = NOW.plus(Duration.ofDays(OWN_RULE));
    assertEquals(0, sweep.round(), "the last day is not over");
    now = NOW.plus(Duration.ofDays(OWN_RULE + 1));
    assertEquals(2, sweep.round());
    assertNull(ledger.inbox().find(exercise));
    assertNull(ledger.inbox().find(test));
    assertNotNull(ledger.inbox().find(actual));
  }

  /** A label that grants less stands, and gateways' own messages are no exception to the rule. */
  @Test
  void training_thatMayBeKeptForLess_isKeptForLess() {
    Permitted brief =
        PermittedFixture.permitted(
            MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
            ReceiveKit.ORIGIN,
            Lane.ROUTINE,
            message(Status.STATUS_EXERCISE).label(),
            ALERT,
            now,
            EU,
            2,
            ReceiveKit.SELF.value());
    assertEquals(dayIn(NOW, 2), placed(taken(brief)).record().getBucketDay());
    MessageId recall = taken(recallOf(brief.messageId(), Status.STATUS_EXERCISE));
    assertEquals(dayIn(NOW, OWN_RULE), placed(recall).record().getBucketDay());
  }

  @Test
  void received_isCountedApart() {
    taken(message(Status.STATUS_ACTUAL));
    taken(message(Status.STATUS_EXERCISE));
    taken(message(Status.STATUS_TEST));
    String metrics = kit.meters().text();
    String series = "entente_received_total{origin=\"" + ReceiveKit.ORIGIN + "\",exercise=";
    assertTrue(metrics.contains(series + "\"false\",} 1.0"), metrics);
    assertTrue(metrics.contains(series + "\"true\",} 2.0"), metrics);
  }
}
