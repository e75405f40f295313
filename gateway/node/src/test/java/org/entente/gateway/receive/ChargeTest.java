package org.entente.gateway.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.feature.assignment.AssignmentRecords;
import org.entente.gateway.feature.assignment.AssignmentTable;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeState;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member, who may be hostile, says it took in charge of what this agency sent. */
class ChargeTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String MEMBER = ReceiveKit.ORIGIN.value();

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final RecordedLeaves leaves = new RecordedLeaves();
  private final Ledger ledger =
      QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW, leaves);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  ChargeTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    kit =
        new ReceiveKit(
            ledger, keys, keys, journal, (origin, label, body) -> Optional.empty(), () -> NOW);
  }

  private MessageId sentTo(String recipient, boolean exercise) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    SentFacts facts =
        SentFacts.newBuilder()
            .addRecipients(recipient)
            .setLane(Lane.FLASH.number())
            .setExercise(exercise)
            .setExpiresAtMs(NOW.plusSeconds(86_400).toEpochMilli())
            .build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, kit.evidence(), id, facts);
          return id;
        });
    return id;
  }

  private Permitted charge(MessageId target, ChargeStep step, String officer, Instant at) {
    Body body =
        Body.newBuilder()
            .setCharge(
                Charge.newBuilder()
                    .setMessageId(ByteString.copyFrom(target.bytes()))
                    .setStep(step)
                    .setOfficer(officer)
                    .setAt(Timestamps.fromMillis(at.toEpochMilli())))
            .build();
    return PermittedFixture.permitted(
        MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.FLASH,
        Label.newBuilder().setKind(Kind.KIND_CHARGE).build(),
        body,
        NOW,
        FixedLabels.CHARGE.agreement(),
        FixedLabels.CHARGE.retentionDays(),
        ReceiveKit.SELF.value());
  }

  private List<ChargeState> listed() {
    return new AssignmentRecords(new RecordSeal(keys, random))
        .page(AssignmentTable.of(ledger), null, new byte[0], 10)
        .states();
  }

  private static List<String> officers(List<ChargeState> states) {
    return states.stream().map(state -> state.getCharge().getOfficer()).toList();
  }

  @Test
  void charge_ofWhatTheMemberWasSent_isKept_listed_andGivenToSubscribers() {
    MessageId sent = sentTo(MEMBER, false);
    Permitted says = charge(sent, ChargeStep.CHARGE_STEP_TAKEN, "FR-118", NOW);
    kit.deliver(says);
    assertEquals(List.of("FR-118"), officers(listed()));
    assertEquals(MEMBER, listed().get(0).getAgency());
    assertNotNull(ledger.inbox().find(says.messageId()));
    assertEquals(List.of(sent), leaves.only(AuditType.CHARGED).subject().messages());
  }

  @Test
  void charge_ofWhatAnotherWasSent_andOfWhatNobodyWas_areRefusedAlike() {
    for (MessageId target :
        List.of(
            sentTo("sg.police", false),
            MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random))) {
      Permitted says = charge(target, ChargeStep.CHARGE_STEP_TAKEN, "FR-118", NOW);
      kit.deliver(says);
      assertNull(ledger.inbox().find(says.messageId()));
      List<EvidenceItem> owed = kit.owed();
      EvidenceItem told = owed.get(owed.size() - 1);
      assertEquals(Code.NOT_FOUND.name(), told.getCode());
      assertEquals(
          "this agency sent no message of this id to the sender of the charge", told.getReason());
    }
    assertEquals(List.of(), listed());
  }

  @Test
  void charge_thatIsNoTraining_ofTraining_isRefused() {
    kit.deliver(charge(sentTo(MEMBER, true), ChargeStep.CHARGE_STEP_TAKEN, "FR-118", NOW));
    assertEquals(List.of(), listed());
  }

  @Test
  void laterWord_counts_alsoWhereTheEarlierArrivesBehindIt() {
    MessageId sent = sentTo(MEMBER, false);
    kit.deliver(
        charge(sent, ChargeStep.CHARGE_STEP_GIVEN_BACK, "FR-2", NOW.plus(Duration.ofHours(1))));
    kit.deliver(charge(sent, ChargeStep.CHARGE_STEP_TAKEN, "FR-1", NOW));
    assertEquals(List.of("FR-2"), officers(listed()));
    assertEquals(ChargeStep.CHARGE_STEP_GIVEN_BACK, listed().get(0).getCharge().getStep());
  }

  @Test
  void pages_showEachOnce_inTheOrderOfMessages() {
    for (int i = 0; i < 5; i++) {
      kit.deliver(charge(sentTo(MEMBER, false), ChargeStep.CHARGE_STEP_TAKEN, "FR-" + i, NOW));
    }
    AssignmentRecords records = new AssignmentRecords(new RecordSeal(keys, random));
    List<String> all = officers(listed());
    assertEquals(5, all.size());
    AssignmentRecords.Page first = records.page(AssignmentTable.of(ledger), null, new byte[0], 3);
    AssignmentRecords.Page second = records.page(AssignmentTable.of(ledger), null, first.next(), 3);
    assertEquals(all.subList(0, 3), officers(first.states()));
    assertEquals(all.subList(3, 5), officers(second.states()));
    assertEquals(0, second.next().length);
    MessageId one = MessageId.of(first.states().get(1).getCharge().getMessageId().toByteArray());
    assertEquals(
        all.subList(1, 2),
        officers(records.page(AssignmentTable.of(ledger), one, new byte[0], 10).states()));
  }

  @Test
  void record_isForgottenWithItsBucket_andNotBefore() {
    kit.deliver(charge(sentTo(MEMBER, false), ChargeStep.CHARGE_STEP_TAKEN, "FR-118", NOW));
    long lastDay = NOW.plus(Duration.ofDays(400)).toEpochMilli() / 86_400_000;
    assertEquals(0, prunedBy(lastDay));
    assertEquals(List.of("FR-118"), officers(listed()));
    assertEquals(1, prunedBy(lastDay + 1));
    assertEquals(List.of(), listed());
  }

  private int prunedBy(long day) {
    return ledger.commit(Lane.ROUTINE, tx -> AssignmentTable.of(ledger).prune(tx, day, 100));
  }
}
