package org.entente.gateway.feature.assignment;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.ChargeState;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A recipient says that it takes what it received in charge. */
class AssignmentsTest {
  private static final NodeName CLIENT = new NodeName("desk");
  private static final OnBehalfOf OFFICER =
      OnBehalfOf.newBuilder().setOfficer("FR-118").setJustification("case 4").build();

  private final SecureRandom random = new SecureRandom();
  private Instant now = NOW;
  private final RecordedLeaves journal = new RecordedLeaves();
  private final Map<MessageId, Label> received = new HashMap<>();
  private final MessageId message = MessageId.fresh(NOW.toEpochMilli(), random);
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final Ledger ledger = QuietLedger.started(new MemoryStore(disk), () -> now, journal);
  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), random);
  private final Policy policy = PolicyFixture.demo();

  @AutoClose("closeWithLedger")
  private final IntakeKit kit =
      new IntakeKit(
          ledger,
          atRest,
          () -> policy,
          () -> now,
          SecretBytes.random(random, 32),
          /* mostHeld= */ 2);

  AssignmentsTest() {
    kit.receives(id -> Optional.ofNullable(received.get(id)));
    received.put(
        message, PolicyFixture.label().setOrigin("sg.police").setLane(Lane.LANE_IMMEDIATE).build());
  }

  private Result<Assignments.Sent> charge(
      MessageId target, ChargeStep step, String note, OnBehalfOf by) {
    return kit.charging().charge(CLIENT, target, step, note, by).join();
  }

  private Code refusal(MessageId target, ChargeStep step, String note, OnBehalfOf by) {
    return Results.problem(charge(target, step, note, by)).code();
  }

  @Test
  void taken_goesToTheOriginatorAlone_inTheLaneOfWhatItIsAbout_andIsFinal() {
    Assignments.Sent sent =
        Results.value(charge(message, ChargeStep.CHARGE_STEP_TAKEN, "on our way", OFFICER));
    assertEquals(new AgencyName("sg.police"), sent.originator());
    SentFacts facts =
        new EvidenceRecords(atRest, IntakeKit.SELF)
            .sent(ledger.evidence(), sent.charge())
            .orElseThrow();
    assertEquals(List.of("sg.police"), facts.getRecipientsList());
    assertEquals(Lane.LANE_IMMEDIATE.getNumber(), facts.getLane());
    assertTrue(facts.getRecall(), "nobody recalls it");
  }

  @Test
  void taken_standsInTheAuditLog_withOfficerAndReason_andNotWithTheNote() {
    charge(message, ChargeStep.CHARGE_STEP_TAKEN, "on our way", OFFICER);
    AuditRecord leaf = journal.only(AuditType.CHARGED);
    assertEquals(List.of(message), leaf.subject().messages());
    AuditPerson person = leaf.actor().onBehalfOf();
    assertNotNull(person);
    assertEquals("FR-118", person.officer());
    assertEquals("case 4", person.justification());
    assertEquals("taken", leaf.outcome().detail());
  }

  private void leave(long free) {
    disk.free(free);
    ledger.room().look();
  }

  @Test
  void charge_onAFullDisk_isRefusedAndLeavesNoLeaf() {
    leave(1 << 20);
    assertEquals(Code.STORAGE_FULL, refusal(message, ChargeStep.CHARGE_STEP_TAKEN, "", OFFICER));
    assertFalse(journal.types().contains(AuditType.CHARGED));
  }

  /** The sender is away, and one client takes its message in charge again and again. */
  @Test
  void chargesOfOneClient_takeNoRoomOfOthers() {
    leave(DiskThresholds.DEFAULT.refuseBelow() + (1 << 16));
    int sent = 0;
    Result<Assignments.Sent> last;
    do {
      last = charge(message, ChargeStep.CHARGE_STEP_TAKEN, "on our way", OFFICER);
      sent++;
    } while (last instanceof Result.Done && sent < 1_000);
    assertEquals(Code.OVERLOADED, Results.problem(last).code());
    assertTrue(sent > 2, "each client has a share");
    assertEquals(sent - 1, Collections.frequency(journal.types(), AuditType.CHARGED));
    Results.value(
        kit.charging()
            .charge(new NodeName("other"), message, ChargeStep.CHARGE_STEP_TAKEN, "we go", OFFICER)
            .join());
  }

  /** Colleagues see who of them acts; of messages that were sent nothing is said by it. */
  @Test
  void taken_isKeptHereToo_theLastWordOfTheAgency() {
    charge(message, ChargeStep.CHARGE_STEP_TAKEN, "on our way", OFFICER);
    OnBehalfOf other = OnBehalfOf.newBuilder().setOfficer("FR-7").build();
    charge(message, ChargeStep.CHARGE_STEP_GIVEN_BACK, "empty", other);
    AssignmentRecords records = new AssignmentRecords(atRest);
    ChargeState own =
        records.own(AssignmentTable.of(ledger), message, new byte[0], 10).states().get(0);
    assertEquals("sg.police", own.getAgency());
    assertEquals("FR-7", own.getCharge().getOfficer());
    assertEquals(ChargeStep.CHARGE_STEP_GIVEN_BACK, own.getCharge().getStep());
    assertEquals(1, records.own(AssignmentTable.of(ledger), null, new byte[0], 10).states().size());
    assertEquals(
        List.of(), records.page(AssignmentTable.of(ledger), null, new byte[0], 10).states());
    long lastDay = NOW.plus(EvidenceRecords.KEPT).toEpochMilli() / 86_400_000;
    assertEquals(0, prunedBy(lastDay));
    assertEquals(1, prunedBy(lastDay + 1));
    assertEquals(
        List.of(), records.own(AssignmentTable.of(ledger), null, new byte[0], 10).states());
  }

  /** It is the later word all the same, here and where it goes. */
  @Test
  void givenBack_byAClockThatWasSetBack_isWhatCounts() {
    charge(message, ChargeStep.CHARGE_STEP_TAKEN, "on our way", OFFICER);
    AssignmentRecords records = new AssignmentRecords(atRest);
    Instant taken = records.lastOwn(AssignmentTable.of(ledger), message).orElseThrow();
    now = NOW.minusSeconds(3_600);
    charge(message, ChargeStep.CHARGE_STEP_GIVEN_BACK, "empty", OFFICER);

    ChargeState own =
        records.own(AssignmentTable.of(ledger), message, new byte[0], 10).states().get(0);
    assertEquals(ChargeStep.CHARGE_STEP_GIVEN_BACK, own.getCharge().getStep());
    assertEquals(
        Optional.of(taken.plusMillis(1)), records.lastOwn(AssignmentTable.of(ledger), message));
    now = NOW.plusSeconds(60);
    charge(message, ChargeStep.CHARGE_STEP_TAKEN, "again", OFFICER);
    assertEquals(
        Optional.of(now),
        records.lastOwn(AssignmentTable.of(ledger), message),
        "as the clock says");
  }

  private int prunedBy(long day) {
    return ledger.commit(
        org.entente.gateway.model.Lane.ROUTINE,
        tx -> AssignmentTable.of(ledger).prune(tx, day, 100));
  }

  @Test
  void whatIsNotHere_orIsNoContent_cannotBeTaken() {
    MessageId unknown = MessageId.fresh(NOW.toEpochMilli(), random);
    assertEquals(Code.NOT_FOUND, refusal(unknown, ChargeStep.CHARGE_STEP_TAKEN, "", OFFICER));
    received.put(message, Label.newBuilder().setKind(Kind.KIND_RECALL).setLaneValue(1).build());
    assertEquals(Code.NOT_FOUND, refusal(message, ChargeStep.CHARGE_STEP_TAKEN, "", OFFICER));
    assertEquals(List.of(), journal.types());
  }

  @Test
  void originator_thatIsNoMemberAnyMore_isNotTold() {
    received.put(message, PolicyFixture.label().setOrigin("zz.gone").setLaneValue(4).build());
    assertEquals(Code.NO_RECIPIENT, refusal(message, ChargeStep.CHARGE_STEP_TAKEN, "", OFFICER));
  }

  private String said(MessageId target, ChargeStep step, String note, OnBehalfOf by) {
    Problem problem = Results.problem(charge(target, step, note, by));
    return problem.code() + " " + problem.field() + ": " + problem.message();
  }

  @Test
  void officerStepAndNote_areChecked() {
    OnBehalfOf blank = OFFICER.toBuilder().clearOfficer().build();
    assertEquals(
        "INVALID_FIELD on_behalf_of.officer: must name the officer who acts on it",
        said(message, ChargeStep.CHARGE_STEP_TAKEN, "", blank));
    String step = "INVALID_FIELD step: must be TAKEN or GIVEN_BACK";
    assertEquals(step, said(message, ChargeStep.CHARGE_STEP_UNSPECIFIED, "", OFFICER));
    assertEquals(step, said(message, ChargeStep.UNRECOGNIZED, "", OFFICER));
    String note = said(message, ChargeStep.CHARGE_STEP_TAKEN, "a\nb", OFFICER);
    assertTrue(note.startsWith("INVALID_FIELD note: "), note);
    assertEquals(
        "INVALID_FIELD note: must have at most 500 characters",
        said(message, ChargeStep.CHARGE_STEP_TAKEN, "x".repeat(501), OFFICER));
    Results.value(charge(message, ChargeStep.CHARGE_STEP_TAKEN, "x".repeat(500), OFFICER));
    MessageId unknown = MessageId.fresh(1, random);
    assertEquals(
        "NOT_FOUND message_id: there is no message " + unknown + " here to act on",
        said(unknown, ChargeStep.CHARGE_STEP_TAKEN, "", OFFICER));
  }
}
