package org.entente.gateway.intake;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.FeedbackResult;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feedback of {@code fr.customs}, over a real ledger, policy and sealing. */
class FeedbackPrecheckTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final Body NOTHING =
      Body.newBuilder()
          .setFeedback(
              Feedback.newBuilder()
                  .setResult(FeedbackResult.FEEDBACK_RESULT_NOTHING_FOUND)
                  .setDate("2026-03-02"))
          .build();

  private final SecureRandom random = new SecureRandom();
  private final RecordedLeaves journal = new RecordedLeaves();
  private final Map<MessageId, Label> received = new HashMap<>();
  private final MessageId alert = MessageId.fresh(NOW.toEpochMilli(), random);
  private final Ledger ledger;

  @AutoClose("closeWithLedger")
  private final IntakeKit kit;

  FeedbackPrecheckTest(@TempDir Path folder) {
    ledger = QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW, journal);
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "covers.yaml",
                PolicyFixture.sample("id: sample", "id: covers", "[ALERT", "[ALERT, FEEDBACK"),
                "silent.yaml",
                PolicyFixture.sample(
                    "id: sample", "id: silent", "agency: sg.police", "agency: de.customs")));
    kit =
        new IntakeKit(
            ledger,
            new RecordSeal(new MemoryStorageKeys(), random),
            () -> policy,
            () -> NOW,
            SecretBytes.random(random, 32),
            /* mostHeld= */ 2);
    kit.receives(id -> Optional.ofNullable(received.get(id)));
    receive(Kind.KIND_ALERT, "sg.police");
  }

  private void receive(Kind kind, String origin) {
    received.put(alert, PolicyFixture.label().setKind(kind).setOrigin(origin).build());
  }

  private Draft.Builder feedback(MessageId answered, String... to) {
    Label.Builder label =
        PolicyFixture.label()
            .setKind(Kind.KIND_FEEDBACK)
            .setInReplyTo(ByteString.copyFrom(answered.bytes()));
    return PolicyFixture.draft(label, to).setBody(NOTHING);
  }

  private Outcome publish(Draft.Builder draft) {
    return kit.intake().publish(CLIENT, draft.build()).join();
  }

  private void invalid(Code code, String field, Draft.Builder draft) {
    Outcome outcome = publish(draft);
    assertEquals(code.name(), outcome.getInvalid().getCode(), outcome.toString());
    assertEquals(field, outcome.getInvalid().getField());
    assertEquals(List.of(), journal.types());
  }

  @Test
  void onAReceivedMessage_goesToItsOriginator() {
    Outcome outcome = publish(feedback(alert, "sg.police"));
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals("sg.police", outcome.getAccepted().getPermits(0).getAgency());
  }

  @Test
  void onAMessageThatWasNeverReceived_isInvalid_andNothingChanges() {
    MessageId never = MessageId.fresh(NOW.toEpochMilli(), random);
    invalid(Code.NOT_FOUND, "label.in_reply_to", feedback(never, "sg.police"));
  }

  @Test
  void toAnybodyElse_orToOthersBesides_isInvalid() {
    invalid(Code.INVALID_FIELD, "to", feedback(alert, "us.cbp"));
    invalid(Code.INVALID_FIELD, "to", feedback(alert, "sg.police", "us.cbp"));
    invalid(
        Code.INVALID_FIELD,
        "to",
        feedback(alert, "sg.police")
            .setTo(Addressing.newBuilder().addAgencies("sg.police").setWhomAgreementsAllow(true)));
    invalid(
        Code.INVALID_FIELD,
        "to",
        feedback(alert).setTo(Addressing.newBuilder().addJurisdictions("SG")));
  }

  @Test
  void onTrainingTraffic_isTraining_andBack() {
    Draft.Builder exercise = feedback(alert, "sg.police");
    exercise.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    invalid(Code.INVALID_FIELD, "label.status", exercise);
  }

  @Test
  void onARecallOrOnFeedback_isInvalid() {
    receive(Kind.KIND_RECALL, "sg.police");
    invalid(Code.INVALID_FIELD, "label.in_reply_to", feedback(alert, "sg.police"));
    receive(Kind.KIND_FEEDBACK, "sg.police");
    invalid(Code.INVALID_FIELD, "label.in_reply_to", feedback(alert, "sg.police"));
  }

  @Test
  void underAnAgreementThatDoesNotCoverIt_isRefused() {
    receive(Kind.KIND_ALERT, "de.customs");
    Outcome outcome = publish(feedback(alert, "de.customs"));
    assertEquals(Code.NOT_COVERED.name(), outcome.getRefused().getRefusals(0).getCode());
  }
}
