package org.entente.gateway.intake;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What an agency may change of what it has sent, and who hears of it. */
class ReferenceResolutionTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final String DE = "de.customs";
  private static final String SG = "sg.police";

  private final SecureRandom random = new SecureRandom();
  private final RecordedLeaves journal = new RecordedLeaves();
  private final Ledger ledger =
      QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW, journal);
  private final Policy policy = PolicyFixture.demo();

  @AutoClose("closeWithLedger")
  private final IntakeKit kit =
      new IntakeKit(
          ledger,
          new RecordSeal(new MemoryStorageKeys(), random),
          () -> policy,
          () -> NOW,
          SecretBytes.random(random, 32),
          /* mostHeld= */ 2);

  private int drafts;

  private static Label.Builder warning() {
    return PolicyFixture.label()
        .setCategory(Category.CATEGORY_PUBLIC_WARNING)
        .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
  }

  private static Label.Builder change(MessageType type, MessageId target) {
    return warning().setMessageType(type).setReferences(ByteString.copyFrom(target.bytes()));
  }

  private Outcome publish(Draft.Builder draft) {
    drafts++;
    return kit.intake().publish(CLIENT, draft.setIdempotencyKey("k" + drafts).build()).join();
  }

  private Outcome publish(Label.Builder label, String... to) {
    return publish(PolicyFixture.draft(label, to));
  }

  private MessageId sent(Label.Builder label, String... to) {
    Outcome outcome = publish(label, to);
    assertTrue(outcome.hasAccepted(), outcome::toString);
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private static List<String> permitted(Outcome outcome) {
    return outcome.getAccepted().getPermitsList().stream().map(Permit::getAgency).toList();
  }

  private static void assertInvalid(Code code, Outcome outcome) {
    assertEquals(code.name(), outcome.getInvalid().getCode(), outcome::toString);
    assertEquals("label.references", outcome.getInvalid().getField());
  }

  @Test
  void change_goesToThoseAlone_whoWereSentWhatItChanges() {
    MessageId target = sent(warning(), DE);
    Outcome named = publish(change(MessageType.MESSAGE_TYPE_UPDATE, target), DE, SG);
    assertEquals(List.of(DE), permitted(named));
    Refusal refusal = named.getAccepted().getRefusals(0);
    assertEquals(SG, refusal.getAgency());
    assertEquals(Code.REFERENCE_REFUSED.name(), refusal.getCode());

    Draft.Builder everybody = PolicyFixture.draft(change(MessageType.MESSAGE_TYPE_CANCEL, target));
    everybody.getToBuilder().setWhomAgreementsAllow(true);
    Outcome all = publish(everybody);
    assertEquals(List.of(DE), permitted(all));
    assertEquals(0, all.getAccepted().getRefusalsCount(), "nobody asked for the others by name");
  }

  @Test
  void change_forNobodyWhoHadIt_isRefused() {
    MessageId target = sent(warning(), DE);
    assertTrue(publish(change(MessageType.MESSAGE_TYPE_UPDATE, target), SG).hasRefused());
  }

  @Test
  void change_standsInTheChainOfItsOrigin_andOnRecord() {
    MessageId target = sent(warning(), DE);
    MessageId update = sent(change(MessageType.MESSAGE_TYPE_UPDATE, target), DE);
    assertTrue(ledger.chains().standing(IntakeKit.SELF, target).getSuperseded());
    assertEquals(List.of(target, update), journal.only(AuditType.CHANGED).subject().messages());
  }

  @Test
  void whatThisAgencyNeverSent_cannotBeChanged_norWhatIsNoMessageToBeChanged() {
    MessageId unknown = MessageId.fresh(NOW.toEpochMilli(), random);
    assertInvalid(Code.NOT_FOUND, publish(change(MessageType.MESSAGE_TYPE_UPDATE, unknown), DE));
    MessageId target = sent(warning(), DE);
    OnBehalfOf officer = OnBehalfOf.newBuilder().setOfficer("FR-1").build();
    MessageRecall.Sent recall =
        Results.value(
            kit.recalling().recall(CLIENT, target, "wrong", officer, lookUps -> {}).join());
    assertInvalid(
        Code.NOT_FOUND, publish(change(MessageType.MESSAGE_TYPE_CANCEL, recall.recall()), DE));
  }

  @Test
  void trainingAndActualTraffic_doNotChangeEachOther() {
    MessageId target = sent(warning(), DE);
    assertInvalid(
        Code.INVALID_FIELD,
        publish(
            change(MessageType.MESSAGE_TYPE_CANCEL, target).setStatus(Status.STATUS_EXERCISE), DE));
  }

  private static Label.Builder replyTo(MessageId id, Status status) {
    return warning().setStatus(status).setInReplyTo(ByteString.copyFrom(id.bytes()));
  }

  private void refusesReply(MessageId id, Status status) {
    Outcome outcome = publish(replyTo(id, status), DE);
    assertEquals(Code.INVALID_FIELD.name(), outcome.getInvalid().getCode(), outcome::toString);
    assertEquals("label.in_reply_to", outcome.getInvalid().getField());
  }

  @Test
  void trainingAndActualTraffic_doNotReplyToEachOther_sentOrReceived() {
    MessageId actual = sent(warning(), DE);
    MessageId test = sent(warning().setStatus(Status.STATUS_TEST), DE);
    refusesReply(actual, Status.STATUS_EXERCISE);
    refusesReply(actual, Status.STATUS_TEST);
    refusesReply(test, Status.STATUS_ACTUAL);
    sent(replyTo(actual, Status.STATUS_ACTUAL), DE);
    sent(replyTo(test, Status.STATUS_EXERCISE), DE);

    MessageId received = MessageId.fresh(NOW.toEpochMilli(), random);
    Label exercise = warning().setStatus(Status.STATUS_EXERCISE).build();
    kit.receives(id -> id.equals(received) ? Optional.of(exercise) : Optional.empty());
    refusesReply(received, Status.STATUS_ACTUAL);
    sent(replyTo(received, Status.STATUS_EXERCISE), DE);
    sent(replyTo(MessageId.fresh(NOW.toEpochMilli(), random), Status.STATUS_EXERCISE), DE);
  }

  @Test
  void published_isCountedApart_refusedOnesToo() {
    sent(warning(), DE);
    sent(warning().setStatus(Status.STATUS_TEST), DE);
    sent(warning().setStatus(Status.STATUS_EXERCISE), DE);
    MessageId unknown = MessageId.fresh(NOW.toEpochMilli(), random);
    assertInvalid(
        Code.NOT_FOUND,
        publish(
            change(MessageType.MESSAGE_TYPE_UPDATE, unknown).setStatus(Status.STATUS_EXERCISE),
            DE));
    publish(warning().setStatus(Status.STATUS_EXERCISE).clearPurpose(), DE);
    String metrics = kit.meters().text();
    for (String series :
        List.of(
            "outcome=\"accepted\",exercise=\"false\",} 1.0",
            "outcome=\"accepted\",exercise=\"true\",} 2.0",
            "outcome=\"invalid\",exercise=\"true\",} 2.0")) {
      assertTrue(metrics.contains("entente_published_total{" + series), metrics);
    }
    assertFalse(metrics.contains("outcome=\"invalid\",exercise=\"false\""), metrics);
  }

  @Test
  void cancellation_isFinal() {
    MessageId target = sent(warning(), DE);
    MessageId cancel = sent(change(MessageType.MESSAGE_TYPE_CANCEL, target), DE);
    assertInvalid(Code.INVALID_FIELD, publish(change(MessageType.MESSAGE_TYPE_CANCEL, cancel), DE));
  }

  @Test
  void changes_areBounded() {
    MessageId target = sent(warning(), DE);
    for (int i = 0; i < 64; i++) {
      sent(change(MessageType.MESSAGE_TYPE_UPDATE, target), DE);
    }
    assertInvalid(Code.LIMIT_REACHED, publish(change(MessageType.MESSAGE_TYPE_UPDATE, target), DE));
  }

  @Test
  void recalledUpdate_changesNothingAnyMore() {
    MessageId target = sent(warning(), DE);
    MessageId update = sent(change(MessageType.MESSAGE_TYPE_UPDATE, target), DE);
    OnBehalfOf officer = OnBehalfOf.newBuilder().setOfficer("FR-1").build();
    kit.recalling().recall(CLIENT, update, "wrong", officer, lookUps -> {}).join();
    assertTrue(ledger.chains().standing(IntakeKit.SELF, target).getChanges(0).getWithdrawn());
  }

  @Test
  void restricted_isNotPassedOn_andTheReasonIsSaid() {
    MessageId restricted = MessageId.fresh(NOW.toEpochMilli(), random);
    kit.receives(
        new IntakeParts.ReceivedMessages() {
          @Override
          public java.util.Optional<Label> label(MessageId id) {
            return java.util.Optional.empty();
          }

          @Override
          public boolean isRestricted(MessageId id) {
            return id.equals(restricted);
          }
        });
    Outcome outcome =
        publish(
            PolicyFixture.draft(warning(), DE)
                .addDerivedFrom(ByteString.copyFrom(restricted.bytes())));
    assertEquals(Code.RESTRICTED.name(), outcome.getInvalid().getCode());
    assertEquals("derived_from[0]", outcome.getInvalid().getField());
  }
}
