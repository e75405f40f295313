package org.entente.gateway.feature.ipr;

import static org.entente.gateway.feature.ipr.IprNode.DESK;
import static org.entente.gateway.feature.ipr.IprNode.HOLDER;
import static org.entente.gateway.feature.ipr.IprNode.OFFICER;
import static org.entente.gateway.feature.ipr.IprNode.application;
import static org.entente.gateway.feature.ipr.IprNode.code;
import static org.entente.gateway.feature.ipr.IprNode.done;
import static org.entente.gateway.feature.ipr.IprNode.refused;
import static org.entente.proto.v1.RecordationDecision.RECORDATION_DECISION_GRANT;
import static org.entente.proto.v1.RecordationDecision.RECORDATION_DECISION_REFUSE;
import static org.entente.proto.v1.RecordationDecision.RECORDATION_DECISION_REVOKE;
import static org.entente.proto.v1.RecordationDecision.RECORDATION_DECISION_UNSPECIFIED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.ListRecordationsRequest;
import org.entente.proto.v1.ReadRecordationRequest;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationContent;
import org.entente.proto.v1.RecordationDecision;
import org.entente.proto.v1.RecordationState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What becomes of applications for action, and what does not follow. */
class RecordationLifecycleTest {
  private static final Duration YEAR = Duration.ofDays(365);

  @AutoClose private final IprNode node = new IprNode();

  private Recordation read(ByteString id) {
    return done(node.office.read(
            DESK,
            ReadRecordationRequest.newBuilder()
                .setRecordationId(id)
                .setOnBehalfOf(OFFICER)
                .build()))
        .getRecordation();
  }

  private RecordationState state(ByteString id) {
    return read(id).getState();
  }

  private Code decided(ByteString id, RecordationDecision decision) {
    return code(
        node.decide(id, decision, decision == RECORDATION_DECISION_GRANT ? YEAR : Duration.ZERO));
  }

  @Test
  void application_isKept_andGrantedUntilItsTimeIsOver() {
    ByteString id = node.applied(HOLDER).getRecordationId();
    assertEquals(RecordationState.RECORDATION_STATE_APPLICATION, state(id));
    done(node.decide(id, RECORDATION_DECISION_GRANT, Duration.ofDays(10)));
    assertEquals(RecordationState.RECORDATION_STATE_GRANTED, state(id));
    node.clock.move(Duration.ofDays(10).minusMillis(1));
    assertEquals(RecordationState.RECORDATION_STATE_GRANTED, state(id));
    node.clock.move(Duration.ofMillis(1));
    assertEquals(RecordationState.RECORDATION_STATE_EXPIRED, state(id));
    assertEquals(application(HOLDER).getContent(), read(id).getContent());
  }

  /** A client that had no answer repeats its call; others may have used the last room meanwhile. */
  @Test
  void repeatedApplication_isAnswered_alsoWhereNoRoomIsLeft() {
    RecordRightRequest request = application(HOLDER);
    for (int i = 1; i < IprOffice.MOST_RECORDATIONS / 2; i++) {
      done(node.office.record(DESK, request));
    }
    RecordRightRequest last =
        request.toBuilder().setRecordationId(ByteString.copyFrom(new byte[16])).build();
    Recordation recorded = done(node.office.record(DESK, last)).getRecordation();
    assertEquals(recorded, done(node.office.record(DESK, last)).getRecordation());
    assertEquals(Code.LIMIT_REACHED, code(node.office.record(DESK, request)));
    NodeName night = new NodeName("night-desk");
    done(node.office.record(night, request));
    node.restart();
    assertEquals(Code.LIMIT_REACHED, code(node.office.record(DESK, request)));
    done(node.office.record(night, request));
  }

  @Test
  void recordsOfAClient_countForIt_untilTheyAreRemoved() {
    byte[] desk = node.ledger.names().token(DESK.value());
    ByteString id = node.granted(HOLDER, Duration.ofDays(1));
    node.suspended(IprCaseKind.IPR_CASE_KIND_STANDARD, id);
    ByteString refused = node.applied(HOLDER).getRecordationId();
    done(node.decide(refused, RECORDATION_DECISION_REFUSE, Duration.ZERO));
    assertEquals("2 1", made(desk));
    assertEquals("0 0", made(node.ledger.names().token("night-desk")));
    node.clock.move(IprNode.KEEP.plusDays(2));
    assertEquals(1, node.upkeep.round());
    assertEquals("1 1", made(desk), "what was refused is over; the case is open");
    node.restart();
    assertEquals("1 1", made(desk));
  }

  private String made(byte[] client) {
    IprTable book = IprTable.of(node.ledger);
    return node.ledger.commit(
        Lane.ROUTINE,
        tx ->
            book.made(tx, IprTable.Kind.RECORDATION, client)
                + " "
                + book.made(tx, IprTable.Kind.CASE, client));
  }

  /** Threat: acts that leave a leaf each use up a disk that is full for drafts. */
  @Test
  void decisions_onAFullDisk_onlyEnd() {
    ByteString applied = node.applied(HOLDER).getRecordationId();
    ByteString granted = node.granted();
    ByteString open = node.notified();
    done(node.answer(open, IprAnswer.IPR_ANSWER_GENUINE));
    node.disk.free(1 << 20);
    node.ledger.room().look();
    List<AuditType> before = node.leaves.types();
    assertEquals(Code.STORAGE_FULL, decided(applied, RECORDATION_DECISION_GRANT));
    assertEquals(Code.STORAGE_FULL, code(node.extend(open, 1)));
    assertEquals(before, node.leaves.types());
    done(node.decide(applied, RECORDATION_DECISION_REFUSE, Duration.ZERO));
    done(node.decide(granted, RECORDATION_DECISION_REVOKE, Duration.ZERO));
    done(node.conclude(open, IprOutcome.IPR_OUTCOME_RELEASED));
  }

  @Test
  void change_isOnRecordWithOfficerAndReason() {
    ByteString id = node.granted();
    List<AuditRecord> leaves = node.leaves.all();
    assertEquals(List.of(AuditType.IPR_RECORDED, AuditType.IPR_RECORDED), node.leaves.types());
    for (AuditRecord leaf : leaves) {
      assertEquals(new AuditPerson("FR-7", "", "file 12/26"), leaf.actor().onBehalfOf());
      assertEquals(DESK, leaf.actor().client());
      assertEquals(List.of(MessageId.of(id.toByteArray())), leaf.subject().messages());
    }
    assertEquals("application recorded", leaves.get(0).outcome().detail());
    assertEquals("granted until 2026-12-27T08:00:00Z", leaves.get(1).outcome().detail());
  }

  @Test
  void decision_thatDoesNotFollow_isRefused() {
    ByteString refused = node.applied(HOLDER).getRecordationId();
    assertEquals(Code.OUT_OF_ORDER, decided(refused, RECORDATION_DECISION_REVOKE));
    done(node.decide(refused, RECORDATION_DECISION_REFUSE, Duration.ZERO));
    assertEquals(Code.OUT_OF_ORDER, decided(refused, RECORDATION_DECISION_GRANT));
    assertEquals(Code.OUT_OF_ORDER, decided(refused, RECORDATION_DECISION_REVOKE));

    ByteString granted = node.granted();
    assertEquals(Code.OUT_OF_ORDER, decided(granted, RECORDATION_DECISION_REFUSE));
    done(node.decide(granted, RECORDATION_DECISION_REVOKE, Duration.ZERO));
    assertEquals(RecordationState.RECORDATION_STATE_REVOKED, state(granted));
    assertEquals(Code.OUT_OF_ORDER, decided(granted, RECORDATION_DECISION_GRANT));
    assertEquals(Code.OUT_OF_ORDER, decided(granted, RECORDATION_DECISION_REFUSE));

    ByteString over = node.granted(HOLDER, Duration.ofDays(1));
    node.clock.move(Duration.ofDays(1));
    assertEquals(Code.OUT_OF_ORDER, decided(over, RECORDATION_DECISION_GRANT));
    assertEquals(Code.OUT_OF_ORDER, decided(over, RECORDATION_DECISION_REVOKE));
    assertEquals(Code.INVALID_FIELD, decided(over, RECORDATION_DECISION_UNSPECIFIED));
    ByteString nothing = ByteString.copyFrom(new byte[MessageId.SIZE]);
    assertEquals(Code.NOT_FOUND, decided(nothing, RECORDATION_DECISION_REFUSE));
    assertEquals(Code.INVALID_FIELD, decided(ByteString.EMPTY, RECORDATION_DECISION_REFUSE));
  }

  @Test
  void sameDecisionAgain_changesNothing() {
    ByteString refused = node.applied(HOLDER).getRecordationId();
    done(node.decide(refused, RECORDATION_DECISION_REFUSE, Duration.ZERO));
    ByteString granted = node.granted();
    int leaves = node.leaves.count();
    done(node.decide(refused, RECORDATION_DECISION_REFUSE, Duration.ZERO));
    done(node.decide(granted, RECORDATION_DECISION_GRANT, Duration.ofDays(300)));
    assertEquals(leaves, node.leaves.count());
  }

  @Test
  void grant_isBoundedInTime_andProlonged() {
    ByteString id = node.applied(HOLDER).getRecordationId();
    Duration tooLong = Duration.ofDays(366).plusMillis(1);
    assertEquals("valid_to", refused(node.decide(id, RECORDATION_DECISION_GRANT, tooLong)).field());
    assertEquals(
        "valid_to", refused(node.decide(id, RECORDATION_DECISION_GRANT, Duration.ZERO)).field());
    Duration past = Duration.ofDays(-1);
    assertEquals("valid_to", refused(node.decide(id, RECORDATION_DECISION_GRANT, past)).field());
    done(node.decide(id, RECORDATION_DECISION_GRANT, YEAR));
    node.clock.move(Duration.ofDays(300));
    assertEquals("valid_to", refused(node.decide(id, RECORDATION_DECISION_GRANT, tooLong)).field());
    done(node.decide(id, RECORDATION_DECISION_GRANT, YEAR));
    node.clock.move(Duration.ofDays(364));
    assertEquals(RecordationState.RECORDATION_STATE_GRANTED, state(id));
    assertEquals("prolonged", detail().substring(0, 9));
  }

  private String detail() {
    List<AuditRecord> recorded =
        node.leaves.all().stream().filter(l -> l.type() == AuditType.IPR_RECORDED).toList();
    return recorded.get(recorded.size() - 1).outcome().detail();
  }

  /** The twenty-ninth look: each such day is a key that nobody can remove for its years. */
  @Test
  void grant_beginsWithinFiveYears() {
    ByteString id = node.applied(HOLDER).getRecordationId();
    long last = node.clock.millis() + RecordationLifecycle.BEGINS_WITHIN.toMillis();
    Problem problem = refused(node.office.decide(DESK, grantFrom(id, last + 1)));
    assertEquals("valid_from", problem.field());
    done(node.office.decide(DESK, grantFrom(id, last)));
  }

  private static DecideRecordationRequest grantFrom(ByteString id, long begin) {
    return DecideRecordationRequest.newBuilder()
        .setRecordationId(id)
        .setDecision(RECORDATION_DECISION_GRANT)
        .setValidFrom(Timestamps.fromMillis(begin))
        .setValidTo(Timestamps.fromMillis(begin + YEAR.toMillis()))
        .setOnBehalfOf(OFFICER)
        .build();
  }

  @Test
  void prolonging_doesNotMoveTheBeginning() {
    ByteString id = node.granted();
    node.clock.move(Duration.ofDays(1));
    DecideRecordationRequest moved =
        DecideRecordationRequest.newBuilder()
            .setRecordationId(id)
            .setDecision(RECORDATION_DECISION_GRANT)
            .setValidFrom(Timestamps.fromMillis(node.clock.millis()))
            .setValidTo(Timestamps.fromMillis(node.clock.millis() + YEAR.toMillis()))
            .setOnBehalfOf(OFFICER)
            .build();
    assertEquals("valid_from", refused(node.office.decide(DESK, moved)).field());
  }

  @Test
  void application_withAFieldThatIsWrong_isRefusedByThatField() {
    Map<String, Consumer<RecordationContent.Builder>> wrong =
        Map.of(
            "content.right", RecordationContent.Builder::clearRight,
            "content.right_number", content -> content.setRightNumber(" "),
            "content.holder_name", content -> content.setHolderName("two\nlines"),
            "content.products", RecordationContent.Builder::clearProducts,
            "content.genuine_features", content -> content.setGenuineFeatures("x".repeat(8_001)),
            "content.contact", RecordationContent.Builder::clearContact,
            "content.holder_client", content -> content.setHolderClient("desk"));
    wrong.forEach(
        (field, change) -> {
          RecordRightRequest.Builder request = application(HOLDER).toBuilder();
          change.accept(request.getContentBuilder());
          Problem problem = refused(node.office.record(DESK, request.build()));
          assertEquals(Code.INVALID_FIELD, problem.code(), field);
          assertEquals(field, problem.field());
        });
    assertEquals(0, node.leaves.count());
  }

  @Test
  void call_withoutOfficerOrReason_isRefused() {
    RecordRightRequest.Builder request = application(HOLDER).toBuilder();
    request.getOnBehalfOfBuilder().clearJustification();
    assertEquals(
        "on_behalf_of.justification", refused(node.office.record(DESK, request.build())).field());
    request.setOnBehalfOf(OFFICER.toBuilder().clearOfficer());
    assertEquals(
        "on_behalf_of.officer", refused(node.office.record(DESK, request.build())).field());
  }

  @Test
  void sameApplicationUnderOneId_isRecordedOnce() {
    ByteString id =
        ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    RecordRightRequest request = application(HOLDER).toBuilder().setRecordationId(id).build();
    assertEquals(id, done(node.office.record(DESK, request)).getRecordation().getRecordationId());
    assertEquals(id, done(node.office.record(DESK, request)).getRecordation().getRecordationId());
    assertEquals(1, node.leaves.count());
    RecordRightRequest other = application(IprNode.OTHER).toBuilder().setRecordationId(id).build();
    assertEquals(Code.IDEMPOTENCY_KEY_REUSED, code(node.office.record(DESK, other)));
    RecordRightRequest odd =
        request.toBuilder().setRecordationId(ByteString.copyFromUtf8("short")).build();
    assertEquals("recordation_id", refused(node.office.record(DESK, odd)).field());
  }

  @Test
  void list_comesInPages_andNamesNoContact() {
    List<ByteString> made =
        List.of(node.granted(), node.granted(), node.applied(HOLDER).getRecordationId());
    ListRecordationsRequest.Builder request = ListRecordationsRequest.newBuilder().setPageSize(2);
    var first = done(node.office.list(request.build()));
    var second = done(node.office.list(request.setAfter(first.getNext()).build()));
    assertEquals(2, first.getRecordationsCount());
    assertEquals(1, second.getRecordationsCount());
    assertEquals(ByteString.EMPTY, second.getNext());
    assertEquals("", first.getRecordations(0).getContent().getContact());
    assertEquals(3, made.size());
    assertEquals("page_size", refused(node.office.list(request.setPageSize(201).build())).field());
  }
}
