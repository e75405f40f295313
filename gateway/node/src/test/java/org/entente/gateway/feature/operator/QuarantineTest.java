package org.entente.gateway.feature.operator;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.store.StoreFailure;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators decide about messages that were received and set aside. */
class QuarantineTest {
  @AutoClose private final QuarantineNode node;

  QuarantineTest(@TempDir Path folder) throws IOException {
    node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
  }

  private Result<Quarantine.Decision> retry(long number) {
    return node.quarantine.retry(QuarantineNode.OPERATOR, number, QuarantineNode.PERSON);
  }

  private Result<Quarantine.Decision> discard(long number) {
    return node.quarantine.discard(QuarantineNode.OPERATOR, number, QuarantineNode.PERSON);
  }

  private static Quarantine.Decision.Decided decided(Result<Quarantine.Decision> answer) {
    return assertInstanceOf(Quarantine.Decision.Decided.class, StatusMapper.value(answer));
  }

  private long operatorLeaves() {
    return node.leaves.all().stream()
        .filter(leaf -> leaf.type() == AuditType.OPERATOR_ACTION)
        .count();
  }

  private EvidenceItem owedOnly() {
    List<EvidenceItem> owed = node.kit.owed();
    assertEquals(1, owed.size(), owed::toString);
    return owed.get(0);
  }

  @Test
  void retry_onceTheDefectIsMended_keepsTheMessageOnce_withLeafAndEvidence() {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    node.defect = null;
    Quarantine.Decision.Decided first = decided(retry(number));
    assertEquals(QuarantineState.QUARANTINE_STATE_RELEASED, first.record().getState());
    assertTrue(first.now());
    assertTrue(node.isKept(message.messageId()));
    assertEquals(1, node.all("desk").size());
    EvidenceItem item = owedOnly();
    assertEquals(EvidenceKind.EVIDENCE_KIND_DELIVERY, item.getKind());
    assertEquals(ByteString.copyFrom(message.messageId().bytes()), item.getMessageId());

    AuditRecord leaf = node.leaves.last();
    assertEquals(AuditType.OPERATOR_ACTION, leaf.type());
    AuditPerson person = requireNonNull(leaf.actor().onBehalfOf());
    assertEquals("DE-3", person.officer());
    assertEquals("after the upgrade", person.justification());
    assertEquals(List.of(message.messageId()), leaf.subject().messages());

    Quarantine.Decision.Decided again = decided(retry(number));
    assertFalse(again.now());
    assertEquals(first.record(), again.record());
    assertFalse(decided(discard(number)).now(), "what was delivered is not given up any more");
    assertEquals(1, node.all("again").size());
    assertEquals(1, operatorLeaves());
    assertEquals(new QuarantineTable.Use(0, 0), node.ledger.quarantine().use());
    assertNull(node.ledger.quarantine().content(number));
  }

  @Test
  void retry_whileTheDefectIsThere_changesNothingButItsCount() {
    long number = node.setAside(node.alert(QuarantineNode.POISON));
    Quarantine.Decision.FailedAgain failed =
        assertInstanceOf(Quarantine.Decision.FailedAgain.class, StatusMapper.value(retry(number)));
    assertTrue(failed.reason().startsWith("IllegalStateException at "), failed.reason());
    assertEquals(4, failed.record().getTries());
    assertEquals(1, node.quarantine.list(false, 0, 10).size());
    assertEquals(AuditType.OPERATOR_ACTION, node.leaves.last().type());
    assertEquals(List.of(), node.kit.owed());
  }

  @Test
  void retry_bySeveralAtOnce_deliversOnce() throws Exception {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    node.defect = null;
    int operators = 8;
    CyclicBarrier together = new CyclicBarrier(operators);
    ExecutorService threads = Executors.newFixedThreadPool(operators);
    try {
      List<Callable<Result<Quarantine.Decision>>> calls = new ArrayList<>();
      for (int i = 0; i < operators; i++) {
        boolean one = i % 4 == 0;
        calls.add(
            () -> {
              together.await();
              return one ? discard(number) : retry(number);
            });
      }
      int now = 0;
      for (Future<Result<Quarantine.Decision>> answer : threads.invokeAll(calls)) {
        now += decided(answer.get()).now() ? 1 : 0;
      }
      assertEquals(1, now, "one decision takes effect");
    } finally {
      threads.shutdown();
    }
    EvidenceKind told = owedOnly().getKind();
    boolean kept = node.isKept(message.messageId());
    assertEquals(
        kept ? EvidenceKind.EVIDENCE_KIND_DELIVERY : EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, told);
    assertEquals(kept ? 1 : 0, node.all("desk").size());
    assertEquals(1, operatorLeaves());
  }

  @Test
  void retry_whoseCommitFails_isUndecided_andAfterTheRestartAsBefore() {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    node.defect = null;
    node.store.failNextCommit(new StoreFailure(StoreFailure.Kind.IO, "power", null));
    assertThrows(RuntimeException.class, () -> retry(number));
    node.restart();
    assertFalse(node.isKept(message.messageId()));
    assertEquals(1, node.quarantine.list(false, 0, 10).size());
    assertTrue(decided(retry(number)).now());
    assertTrue(node.isKept(message.messageId()));
    node.restart();
    assertFalse(decided(retry(number)).now());
    assertEquals(1, node.all("desk").size());
  }

  @Test
  void retry_thatPolicyRefusesNow_tellsTheOrigin() {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    node.defect = null;
    node.refuses = true;
    Quarantine.Decision.Decided answer = decided(retry(number));
    assertEquals(QuarantineState.QUARANTINE_STATE_REFUSED, answer.record().getState());
    assertFalse(node.isKept(message.messageId()));
    EvidenceItem item = owedOnly();
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, item.getKind());
    assertEquals(Code.NODE_RULE.name(), item.getCode());
  }

  /** A recall that comes meanwhile finds nothing to take back, and refuses it when it is tried. */
  @Test
  void retry_ofWhatWasRecalledMeanwhile_isRefused() {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    assertEquals(
        org.entente.proto.link.v1.Result.RESULT_COMMITTED,
        node.kit.deliver(node.recallOf(message.messageId())).get(0).getResult());
    node.defect = null;
    assertEquals(
        QuarantineState.QUARANTINE_STATE_REFUSED, decided(retry(number)).record().getState());
    assertFalse(node.isKept(message.messageId()));
    List<EvidenceItem> owed = node.kit.owed();
    assertEquals(Code.RECALLED.name(), owed.get(owed.size() - 1).getCode());
  }

  @Test
  void discard_tellsTheOriginThatItWasNotDelivered() {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    Quarantine.Decision.Decided answer = decided(discard(number));
    assertEquals(QuarantineState.QUARANTINE_STATE_DISCARDED, answer.record().getState());
    EvidenceItem item = owedOnly();
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, item.getKind());
    assertEquals(Code.DISCARDED.name(), item.getCode());
    assertEquals(ByteString.copyFrom(message.messageId().bytes()), item.getMessageId());
    node.defect = null;
    assertFalse(decided(retry(number)).now());
    assertFalse(node.isKept(message.messageId()));
    assertNull(node.ledger.quarantine().content(number));
  }

  @Test
  void nobodyDecides_itEndsInTime_andIsForgottenLater() {
    long number = node.setAside(node.alert(QuarantineNode.POISON));
    assertEquals(0, node.quarantine.expire());
    node.now = node.now.plus(Duration.ofDays(1));
    assertEquals(1, node.quarantine.expire());
    assertEquals(Code.EXPIRED.name(), owedOnly().getCode());
    assertEquals(
        QuarantineState.QUARANTINE_STATE_EXPIRED,
        node.quarantine.list(true, 0, 10).get(0).record().getState());
    node.now = node.now.plus(Duration.ofDays(91));
    assertEquals(0, node.quarantine.expire());
    assertEquals(List.of(), node.quarantine.list(true, 0, 10));
    assertEquals(Code.NOT_FOUND, refused(retry(number)));
  }

  private static Code refused(Result<Quarantine.Decision> answer) {
    return assertInstanceOf(Result.Refused.class, answer).problem().code();
  }

  @Test
  void decision_withoutPersonOrReason_isRefused_andChangesNothing() {
    long number = node.setAside(node.alert(QuarantineNode.POISON));
    OnBehalfOf nobody = OnBehalfOf.newBuilder().setJustification("why").build();
    OnBehalfOf noReason = OnBehalfOf.newBuilder().setOfficer("DE-3").build();
    for (OnBehalfOf person : List.of(nobody, noReason)) {
      assertEquals(
          Code.INVALID_FIELD,
          refused(node.quarantine.retry(QuarantineNode.OPERATOR, number, person)));
      assertEquals(
          Code.INVALID_FIELD,
          refused(node.quarantine.discard(QuarantineNode.OPERATOR, number, person)));
    }
    assertEquals(Code.NOT_FOUND, refused(retry(number + 1)));
    assertEquals(0, operatorLeaves());
    assertEquals(1, node.quarantine.list(false, 0, 10).size());
  }

  @Test
  void keyOfTheDay_onceDestroyed_leavesOnlyTheRecord() {
    long number = node.setAside(node.alert(QuarantineNode.POISON));
    node.keys.days().forEach(node.keys::destroy);
    node.defect = null;
    Quarantine.Decision.FailedAgain failed =
        assertInstanceOf(Quarantine.Decision.FailedAgain.class, StatusMapper.value(retry(number)));
    assertEquals(Code.DAMAGED.name(), failed.record().getCode());
    assertTrue(failed.reason().contains("QUARANTINE"), failed.reason());
  }

  @Test
  void messageWithoutPoison_isNeverSeenHere() {
    Permitted message = node.alert("fine");
    node.kit.deliver(message);
    MessageId id = message.messageId();
    assertTrue(node.isKept(id));
    assertEquals(List.of(), node.quarantine.list(false, 0, 10));
  }
}
