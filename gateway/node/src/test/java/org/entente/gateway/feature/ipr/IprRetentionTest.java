package org.entente.gateway.feature.ipr;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.feature.ipr.IprNode.DESK;
import static org.entente.gateway.feature.ipr.IprNode.HOLDER;
import static org.entente.gateway.feature.ipr.IprNode.KEEP;
import static org.entente.gateway.feature.ipr.IprNode.TEN_DAYS_OVER;
import static org.entente.gateway.feature.ipr.IprNode.code;
import static org.entente.gateway.feature.ipr.IprNode.done;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_CONFIRMS;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_GENUINE;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_PROCEEDINGS;
import static org.entente.proto.v1.IprCaseKind.IPR_CASE_KIND_STANDARD;
import static org.entente.proto.v1.IprOutcome.IPR_OUTCOME_RELEASED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.feature.ipr.IprTable.Kind;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.IprRecord;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprStage;
import org.entente.proto.v1.ReadIprCaseRequest;
import org.entente.proto.v1.ReadRecordationRequest;
import org.entente.proto.v1.RecordationDecision;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is on the disk of recordations and cases: after a restart, in the clear, and how long. */
class IprRetentionTest {
  @AutoClose private final IprNode node = new IprNode();

  private Result<?> readCase(ByteString id) {
    return node.office.read(
        DESK, ReadIprCaseRequest.newBuilder().setCaseId(id).setOnBehalfOf(IprNode.OFFICER).build());
  }

  private Result<?> readRight(ByteString id) {
    return node.office.read(
        DESK,
        ReadRecordationRequest.newBuilder()
            .setRecordationId(id)
            .setOnBehalfOf(IprNode.OFFICER)
            .build());
  }

  @Test
  void restart_keepsCasesClocksAndAnswers() {
    ByteString id = node.notified();
    done(node.answer(id, IPR_ANSWER_CONFIRMS));
    IprCase before = node.read(id);
    node.restart();
    assertEquals(before, node.read(id));
    assertEquals(1, IprTable.of(node.ledger).openCases());
    assertEquals(1, IprTable.of(node.ledger).size(Kind.CASE));
    assertEquals(1, IprTable.of(node.ledger).size(Kind.RECORDATION));
    node.agree(id);
    node.clock.set(TEN_DAYS_OVER);
    node.restart();
    assertEquals("answer of the declarant", node.read(id).getNext().getWhat());
    assertTrue(node.read(id).getNext().getOverdue());
  }

  @Test
  void deadlines_areCountedWithoutTheDisk() {
    ByteString id = node.notified();
    long due = TEN_DAYS_OVER.toEpochMilli();
    assertEquals(1, IprTable.of(node.ledger).due(0, due + 1));
    assertEquals(0, IprTable.of(node.ledger).due(0, due));
    done(node.answer(id, IPR_ANSWER_PROCEEDINGS));
    assertEquals(0, IprTable.of(node.ledger).due(0, Long.MAX_VALUE));
    assertEquals(1, IprTable.of(node.ledger).openCases());
    node.restart();
    assertEquals(0, IprTable.of(node.ledger).due(0, Long.MAX_VALUE));
    assertEquals(1, IprTable.of(node.ledger).openCases());
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
    assertEquals(0, IprTable.of(node.ledger).openCases());
  }

  @Test
  void disk_holdsNothingThatCouldBeRead() {
    node.notified();
    StringBuilder all = new StringBuilder();
    try (Scan scan = node.store.scan(Table.IPR, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        all.append(new String(scan.value(), StandardCharsets.ISO_8859_1));
      }
    }
    assertTrue(all.length() > 100);
    for (String text :
        new String[] {"Dupont", "Brakes", "EUTM", "brakes-ag", "hologram", "Havre"}) {
      assertFalse(all.toString().contains(text), text);
    }
  }

  /** In a cluster a change has room for fewer than are due on one day. */
  @Test
  void applicationsThatAreDueTogether_areProlonged_inAsManyChangesAsTheyNeed() {
    List<ByteString> ids =
        IntStream.range(0, 150).mapToObj(i -> node.applied(HOLDER).getRecordationId()).toList();
    node.store.takeBatchesUpTo(32 << 10);
    node.clock.move(KEEP.dividedBy(2).plusDays(1));
    assertEquals(0, node.upkeep.round());
    node.clock.move(KEEP.dividedBy(2));
    ids.forEach(id -> done(readRight(id)));
  }

  @Test
  void whatIsOver_isErasedAfterItsTime_andThatIsOnRecord() {
    ByteString right = node.granted(HOLDER, Duration.ofDays(30));
    ByteString id = node.notified(IPR_CASE_KIND_STANDARD, right);
    done(node.answer(id, IPR_ANSWER_GENUINE));
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
    node.clock.move(KEEP.minusMillis(1));
    assertEquals(0, node.upkeep.round());
    done(readCase(id));
    node.clock.move(Duration.ofMillis(1));
    assertEquals(1, node.upkeep.round());
    assertEquals(Code.NOT_FOUND, code(readCase(id)));
    assertEquals(AuditType.ERASED, node.leaves.only(AuditType.ERASED).type());
    done(readRight(right));
    node.clock.move(Duration.ofDays(30));
    assertEquals(1, node.upkeep.round());
    assertEquals(Code.NOT_FOUND, code(readRight(right)));
    assertEquals(0, IprTable.of(node.ledger).size(Kind.CASE));
    assertEquals(0, IprTable.of(node.ledger).size(Kind.RECORDATION));
  }

  /** Damage that no checksum shows. */
  @Test
  void recordThatCannotBeRead_stopsNeitherTheStartNorTheErasureOfOthers() {
    ByteString right = node.granted(HOLDER, Duration.ofDays(30));
    for (int kind = 1; kind <= 2; kind++) {
      byte[] id = new byte[MessageId.SIZE];
      id[0] = (byte) kind;
      byte[] key = KeyBuilder.key().u8(kind).bytes(id).done();
      node.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            tx.put(Table.IPR, key, new byte[] {-1});
            return key;
          });
    }
    node.restart();
    assertEquals(2, node.ledger.unreadable().count(Table.IPR));
    done(readRight(right));
    node.clock.move(KEEP.plusDays(30));
    assertEquals(1, node.upkeep.round());
    assertEquals(Code.NOT_FOUND, code(readRight(right)));
  }

  /** Its seal is right, and its content of another form. */
  @Test
  void recordationWhoseContentIsDamaged_stopsNoOthersProlonging() {
    ByteString damaged = node.applied(HOLDER).getRecordationId();
    ByteString sound = node.applied(HOLDER).getRecordationId();
    MessageId id = MessageId.of(damaged.toByteArray());
    IprTable table = IprTable.of(node.ledger);
    IprRecord before = requireNonNull(table.read(Kind.RECORDATION, id));
    byte[] sealed =
        new RecordSeal(node.keys, new SecureRandom())
            .seal(
                IprTable.place(Kind.RECORDATION, id),
                new byte[] {-1},
                Instant.ofEpochMilli(before.getKeepUntilMs()));
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          IprRecord.Builder record = before.toBuilder().setSealed(ByteString.copyFrom(sealed));
          table.put(tx, Kind.RECORDATION, id, record.build());
          return id;
        });
    for (int day = 0; day < 400; day++) {
      node.clock.move(Duration.ofDays(1));
      node.upkeep.round();
      destroyEndedBuckets();
    }
    done(readRight(sound));
  }

  /** Buckets whose days are over lose their keys; what is open is in a later one by then. */
  @Test
  void whatIsOpen_isKeptWithItsRecordation_howeverLongItTakes() {
    ByteString right = node.granted(HOLDER, Duration.ofDays(30));
    ByteString id = node.notified(IPR_CASE_KIND_STANDARD, right);
    ByteString applied = node.applied(HOLDER).getRecordationId();
    done(node.answer(id, IPR_ANSWER_PROCEEDINGS));
    done(node.decide(right, RecordationDecision.RECORDATION_DECISION_REVOKE, Duration.ZERO));
    for (int day = 0; day < 1_000; day++) {
      node.clock.move(Duration.ofDays(1));
      assertEquals(0, node.upkeep.round());
      destroyEndedBuckets();
    }
    assertEquals(IprStage.IPR_STAGE_PROCEEDINGS, node.read(id).getStage());
    done(readRight(right));
    done(readRight(applied));
    done(node.notice(HOLDER, id));
  }

  private void destroyEndedBuckets() {
    LocalDate today = node.clock.instant().atZone(ZoneOffset.UTC).toLocalDate();
    node.keys.days().stream().filter(day -> day.isBefore(today)).forEach(node.keys::destroy);
  }

  @Test
  void lostKey_isNotFound_andDoesNotStopTheOthers() {
    ByteString id = node.notified();
    node.keys.days().forEach(node.keys::destroy);
    assertEquals(Code.NOT_FOUND, code(readCase(id)));
    assertEquals(Code.NOT_FOUND, code(node.answer(id, IPR_ANSWER_CONFIRMS)));
    ByteString other = node.notified();
    done(readCase(other));
    assertEquals(List.of(other), node.notices(HOLDER, true));
    assertEquals(2, IprTable.of(node.ledger).size(Kind.CASE));
    node.clock.move(KEEP.multipliedBy(2));
    assertEquals(1, node.upkeep.round());
    assertEquals(1, IprTable.of(node.ledger).size(Kind.CASE));
    done(readCase(other));
  }
}
