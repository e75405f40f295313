package org.entente.gateway.feature.operator;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.CustodySeal;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantinedEnvelope;
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

  /** The twenty-second look: its origin was told that it is not here, and its key stayed. */
  @Test
  void recall_ofWhatIsInQuarantine_destroysItsKey_andSaysSo() {
    Permitted message = node.alert(QuarantineNode.POISON);
    long number = node.setAside(message);
    QuarantinedEnvelope kept = kept(number);
    assertTrue(opens(kept));
    recall(message);
    assertFalse(opens(kept));
    EvidenceItem answer = lastOwed();
    assertEquals(EvidenceKind.EVIDENCE_KIND_ERASURE, answer.getKind());
    assertEquals(ByteString.copyFrom(message.messageId().bytes()), answer.getMessageId());
    assertEquals("", answer.getCode(), "executed");
    assertNull(node.ledger.quarantine().content(number));
    assertEquals(new QuarantineTable.Use(0, 0), node.ledger.quarantine().use());
    node.defect = null;
    Quarantine.Decision.Decided late = decided(retry(number));
    assertFalse(late.now());
    assertEquals(QuarantineState.QUARANTINE_STATE_GONE, late.record().getState());
    node.kit.deliver(message);
    assertFalse(node.isKept(message.messageId()), "it was erased");
  }

  @Test
  void recall_ofOneOfSeveralInAnEnvelope_saysThatItStays_untilAllAreRecalled() {
    Permitted first = node.alert(QuarantineNode.POISON);
    Permitted second = node.alert("fine");
    Delivery both = node.kit.seal(first, second).get(0);
    for (int i = 0; i < 4; i++) {
      node.kit.handOver(both);
    }
    long number = node.quarantine.list(false, 0, 10).get(0).number();
    QuarantinedEnvelope kept = kept(number);
    recall(second);
    assertEquals(Code.QUARANTINED.name(), lastOwed().getCode());
    assertTrue(opens(kept));
    recall(first);
    assertFalse(opens(kept));
    Set<ByteString> erased =
        node.kit.owed().stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE)
            .filter(item -> item.getCode().isEmpty())
            .map(EvidenceItem::getMessageId)
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            ByteString.copyFrom(first.messageId().bytes()),
            ByteString.copyFrom(second.messageId().bytes())),
        erased);
  }

  /** All other messages of the envelope are recalled, so nothing ends the search for one. */
  @Test
  void recall_ofALargeEnvelope_thatComesAgain_readsFewRecords() {
    Permitted[] messages = new Permitted[ReceiveKit.RECALLS];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = node.alert(i == 0 ? QuarantineNode.POISON : "fine");
    }
    Delivery envelope = node.kit.seal(messages).get(0);
    for (int i = 0; i < 4; i++) {
      node.kit.handOver(envelope);
    }
    long number = node.quarantine.list(false, 0, 10).get(0).number();
    Permitted last = messages[messages.length - 1];
    for (Permitted message : messages) {
      if (message != last) {
        recall(message);
      }
    }
    node.store.calls();
    recall(messages[0]);
    int reads =
        node.store.calls().entrySet().stream()
            .filter(call -> call.getKey().startsWith("get RETENTION"))
            .mapToInt(Map.Entry::getValue)
            .sum();
    assertTrue(reads < 2 * (messages.length - 1), () -> reads + " reads, of two for each");
    assertNotNull(node.ledger.quarantine().content(number));
    recall(last);
    assertNull(node.ledger.quarantine().content(number), "all are recalled");
  }

  /** One that is recalled stays refused while the others of its envelope are retried. */
  @Test
  void retry_ofWhatWasRecalledMeanwhile_isRefused_andTheOthersAreKept() {
    Permitted first = node.alert(QuarantineNode.POISON);
    Permitted second = node.alert("fine");
    Delivery both = node.kit.seal(first, second).get(0);
    for (int i = 0; i < 4; i++) {
      node.kit.handOver(both);
    }
    recall(second);
    node.defect = null;
    decided(retry(node.quarantine.list(false, 0, 10).get(0).number()));
    assertTrue(node.isKept(first.messageId()));
    assertFalse(node.isKept(second.messageId()));
    assertTrue(
        node.kit.owed().stream().anyMatch(item -> item.getCode().equals(Code.RECALLED.name())));
  }

  private void recall(Permitted message) {
    assertEquals(
        org.entente.proto.link.v1.Result.RESULT_COMMITTED,
        node.kit.deliver(node.recallOf(message.messageId())).get(0).getResult());
    for (int i = 0; i < 3; i++) {
      // What follows from the commit begins the erasure, and its rounds follow one another.
      node.ledger.commit(Lane.ROUTINE, tx -> tx);
      node.kit.settle();
    }
  }

  private EvidenceItem lastOwed() {
    List<EvidenceItem> owed = node.kit.owed();
    return owed.get(owed.size() - 1);
  }

  private QuarantinedEnvelope kept(long number) {
    try {
      return QuarantinedEnvelope.parseFrom(
          requireNonNull(node.ledger.quarantine().content(number), "waits"));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether the content key of an envelope that a copy of the ledger has can be opened. */
  private boolean opens(QuarantinedEnvelope kept) {
    EnvelopeHeader header = EnvelopeHeader.parse(kept.getHeader().toByteArray()).orElseThrow();
    Optional<ContentKey> key =
        node.keys
            .existing(LocalDate.ofEpochDay(kept.getBucketDay()))
            .flatMap(
                bucket ->
                    CustodySeal.open(header, bucket, kept.getSealedContentKey().toByteArray()));
    key.ifPresent(ContentKey::close);
    return key.isPresent();
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

  @Test
  void recordThatCannotBeRead_hidesNoOther_norKeepsItWaiting() {
    long damaged = node.setAside(node.alert(QuarantineNode.POISON));
    long other = node.setAside(node.alert(QuarantineNode.POISON));
    long decided = node.setAside(node.alert(QuarantineNode.POISON));
    assertTrue(decided(discard(decided)).now());
    damage(1, damaged);
    assertEquals(List.of(other), numbers(false));
    assertEquals(1, node.ledger.quarantine().counts().values().stream().mapToLong(n -> n).sum());
    assertEquals(1, node.ledger.unreadable().count(Table.QUARANTINE));
    node.now = node.now.plus(Duration.ofDays(1));
    assertEquals(1, node.quarantine.expire());
    assertEquals(List.of(other, decided), numbers(true));

    damage(5, other);
    assertEquals(List.of(decided), numbers(true));
    node.now = node.now.plus(Duration.ofDays(91));
    assertEquals(0, node.quarantine.expire());
    assertEquals(List.of(), numbers(true));
  }

  private List<Long> numbers(boolean decided) {
    return node.quarantine.list(decided, 0, 10).stream()
        .map(QuarantineTable.Entry::number)
        .toList();
  }

  private void damage(int space, long number) {
    byte[] key = KeyBuilder.key().u8(space).u64(number).done();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.QUARANTINE, key, new byte[] {0});
          return number;
        });
  }

  @Test
  void entryThatCannotBeEnded_keepsNoOtherFromItsEnd() {
    long unknown = node.setAside(node.alert(QuarantineNode.POISON));
    long other = node.setAside(node.alert(QuarantineNode.POISON));
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          QuarantineTable table = node.ledger.quarantine();
          table.update(
              tx, unknown, requireNonNull(table.read(tx, unknown)).toBuilder().clearStep().build());
          return unknown;
        });
    node.now = node.now.plus(Duration.ofDays(1));
    assertEquals(1, node.quarantine.expire());
    assertEquals(List.of(other), numbers(true));
    assertEquals(List.of(unknown), numbers(false));
    assertEquals(0, node.quarantine.expire());
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
