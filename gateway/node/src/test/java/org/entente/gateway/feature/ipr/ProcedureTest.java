package org.entente.gateway.feature.ipr;

import static org.entente.gateway.feature.ipr.IprNode.DESK;
import static org.entente.gateway.feature.ipr.IprNode.HOLDER;
import static org.entente.gateway.feature.ipr.IprNode.OFFICER;
import static org.entente.gateway.feature.ipr.IprNode.TEN_DAYS_OVER;
import static org.entente.gateway.feature.ipr.IprNode.code;
import static org.entente.gateway.feature.ipr.IprNode.done;
import static org.entente.gateway.feature.ipr.IprNode.refused;
import static org.entente.gateway.feature.ipr.IprNode.suspension;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_AGREES_TO_DESTRUCTION;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_ASKS_EXTENSION;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_CONFIRMS;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_GENUINE;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_PROCEEDINGS;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_UNSPECIFIED;
import static org.entente.proto.v1.IprCaseKind.IPR_CASE_KIND_EX_OFFICIO;
import static org.entente.proto.v1.IprCaseKind.IPR_CASE_KIND_PERISHABLE;
import static org.entente.proto.v1.IprCaseKind.IPR_CASE_KIND_SMALL_CONSIGNMENT;
import static org.entente.proto.v1.IprCaseKind.IPR_CASE_KIND_STANDARD;
import static org.entente.proto.v1.IprDeclarantAnswer.IPR_DECLARANT_ANSWER_AGREES;
import static org.entente.proto.v1.IprDeclarantAnswer.IPR_DECLARANT_ANSWER_OPPOSES;
import static org.entente.proto.v1.IprOutcome.IPR_OUTCOME_DEEMED_ABANDONED;
import static org.entente.proto.v1.IprOutcome.IPR_OUTCOME_DESTROYED;
import static org.entente.proto.v1.IprOutcome.IPR_OUTCOME_RELEASED;
import static org.entente.proto.v1.IprParty.IPR_PARTY_DECLARANT;
import static org.entente.proto.v1.IprParty.IPR_PARTY_RIGHTS_HOLDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.IprAttachment;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprDetail;
import org.entente.proto.v1.IprLetter;
import org.entente.proto.v1.IprNotification;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.IprStage;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.RecordationDecision;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What follows in a case, until when, and what does not follow. */
class ProcedureTest {
  private static final Duration TICK = Duration.ofMillis(1);

  @AutoClose private final IprNode node = new IprNode();

  private static Instant at(Timestamp time) {
    return Instant.ofEpochMilli(Timestamps.toMillis(time));
  }

  private IprStage stage(ByteString id) {
    return node.read(id).getStage();
  }

  private void justBefore(Instant deadline) {
    node.clock.set(deadline.minus(TICK));
  }

  // Opening --------------------------------------------------------------------------------------

  @Test
  void suspension_startsTheClockOfNotices_atOneWorkingDay() {
    IprCase opened = node.suspended(IPR_CASE_KIND_STANDARD, node.granted());
    assertEquals(IprStage.IPR_STAGE_SUSPENDED, opened.getStage());
    assertEquals(Instant.parse("2026-03-03T23:00:00Z"), at(opened.getDeadlines().getNotifyBy()));
    assertEquals("Europe/Paris", opened.getDeadlines().getTimeZone());
    assertEquals("notify the parties", opened.getNext().getWhat());
    assertFalse(opened.getNext().getOverdue());
    node.clock.set(Instant.parse("2026-03-03T23:00:00Z"));
    assertTrue(node.read(opened.getCaseId()).getNext().getOverdue());
  }

  @Test
  void suspension_underWhatIsNotInForce_isRefused() {
    ByteString applied = node.applied(HOLDER).getRecordationId();
    assertEquals(
        Code.OUT_OF_ORDER,
        code(node.office.suspend(DESK, suspension(IPR_CASE_KIND_STANDARD, applied).build())));
    ByteString over = node.granted(HOLDER, Duration.ofDays(1));
    node.clock.move(Duration.ofDays(1));
    assertEquals(
        Code.OUT_OF_ORDER,
        code(node.office.suspend(DESK, suspension(IPR_CASE_KIND_STANDARD, over).build())));
    // What happened while it was in force can still be put on record.
    SuspendGoodsRequest before =
        suspension(IPR_CASE_KIND_STANDARD, over)
            .setSuspendedAt(Timestamps.fromMillis(node.clock.millis() - 1))
            .build();
    done(node.office.suspend(DESK, before));
    ByteString revoked = node.granted();
    done(node.decide(revoked, RecordationDecision.RECORDATION_DECISION_REVOKE, Duration.ZERO));
    assertEquals(
        Code.OUT_OF_ORDER,
        code(node.office.suspend(DESK, suspension(IPR_CASE_KIND_STANDARD, revoked).build())));
    ByteString nothing = ByteString.copyFrom(new byte[MessageId.SIZE]);
    assertEquals(
        Code.NOT_FOUND,
        code(node.office.suspend(DESK, suspension(IPR_CASE_KIND_STANDARD, nothing).build())));
  }

  @Test
  void suspension_withAFieldThatIsWrong_isRefusedByThatField() {
    ByteString right = node.granted();
    SuspendGoodsRequest good = suspension(IPR_CASE_KIND_STANDARD, right).build();
    List<SuspendGoodsRequest.Builder> wrong =
        List.of(
            good.toBuilder().clearKind(),
            good.toBuilder().clearRecordationId(),
            good.toBuilder().setKind(IPR_CASE_KIND_EX_OFFICIO),
            good.toBuilder().setGoods(good.getGoods().toBuilder().clearDescription()),
            good.toBuilder().setGoods(good.getGoods().toBuilder().clearQuantity()),
            good.toBuilder().setGoods(good.getGoods().toBuilder().clearPlace()),
            good.toBuilder().addParticulars(good.getParticulars(0)),
            good.toBuilder().setParticulars(0, good.getParticulars(0).toBuilder().setText(" ")),
            good.toBuilder()
                .setParticulars(
                    0, good.getParticulars(0).toBuilder().setDisclosedAt(Timestamps.fromMillis(1))),
            good.toBuilder().setSuspendedAt(Timestamps.fromMillis(node.clock.millis() + 1)));
    List<String> fields =
        List.of(
            "kind",
            "recordation_id",
            "recordation_id",
            "goods.description",
            "goods.quantity",
            "goods.place",
            "particulars.detail",
            "particulars.text",
            "particulars.disclosed_at",
            "suspended_at");
    for (int i = 0; i < wrong.size(); i++) {
      assertEquals(fields.get(i), refused(node.office.suspend(DESK, wrong.get(i).build())).field());
    }
  }

  @Test
  void sameSuspensionUnderOneId_opensOneCase() {
    ByteString id = ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII);
    ByteString right = node.granted();
    SuspendGoodsRequest request = suspension(IPR_CASE_KIND_STANDARD, right).setCaseId(id).build();
    done(node.office.suspend(DESK, request));
    int leaves = node.leaves.count();
    assertEquals(id, done(node.office.suspend(DESK, request)).getIprCase().getCaseId());
    assertEquals(leaves, node.leaves.count());
    SuspendGoodsRequest other = request.toBuilder().setKind(IPR_CASE_KIND_PERISHABLE).build();
    assertEquals(Code.IDEMPOTENCY_KEY_REUSED, code(node.office.suspend(DESK, other)));
  }

  @Test
  void smallConsignment_isForHoldersWhoAskedForIt() {
    var application = IprNode.application(HOLDER).toBuilder();
    application.getContentBuilder().setSmallConsignments(false);
    ByteString right =
        done(node.office.record(DESK, application.build())).getRecordation().getRecordationId();
    done(node.decide(right, RecordationDecision.RECORDATION_DECISION_GRANT, Duration.ofDays(30)));
    assertEquals(
        "kind",
        refused(
                node.office.suspend(
                    DESK, suspension(IPR_CASE_KIND_SMALL_CONSIGNMENT, right).build()))
            .field());
  }

  // Notices --------------------------------------------------------------------------------------

  @Test
  void notices_startTenWorkingDays_orThreeForPerishableGoods() {
    ByteString right = node.granted();
    IprCase standard = node.read(node.notified(IPR_CASE_KIND_STANDARD, right));
    assertEquals(IprStage.IPR_STAGE_NOTIFIED, standard.getStage());
    assertEquals(TEN_DAYS_OVER, at(standard.getDeadlines().getHolderBy()));
    assertEquals(TEN_DAYS_OVER, at(standard.getDeadlines().getDeclarantBy()));
    assertEquals(TEN_DAYS_OVER, at(standard.getDeadlines().getProceedingsBy()));
    IprCase perishable = node.read(node.notified(IPR_CASE_KIND_PERISHABLE, right));
    assertEquals(
        Instant.parse("2026-03-05T23:00:00Z"), at(perishable.getDeadlines().getHolderBy()));
  }

  @Test
  void notice_countsFromWhenThePartyWasNotified_eachForItself() {
    ByteString id = node.suspended(IPR_CASE_KIND_STANDARD, node.granted()).getCaseId();
    node.clock.move(Duration.ofDays(1));
    done(node.notify(id, IPR_PARTY_RIGHTS_HOLDER));
    assertEquals(IprStage.IPR_STAGE_SUSPENDED, stage(id));
    done(
        node.act(
            IprNode.act(id)
                .setNotify(
                    IprNotification.newBuilder()
                        .setParty(IPR_PARTY_DECLARANT)
                        .setAt(Timestamps.fromMillis(node.clock.millis() - 86_400_000)))));
    IprCase after = node.read(id);
    assertEquals(TEN_DAYS_OVER.plus(Duration.ofDays(1)), at(after.getDeadlines().getHolderBy()));
    assertEquals(TEN_DAYS_OVER, at(after.getDeadlines().getDeclarantBy()));
  }

  private String next(ByteString id) {
    return node.read(id).getNext().getWhat();
  }

  @Test
  void next_namesOnlyWhatIsNotDone() {
    ByteString right = node.granted();
    ByteString id = node.suspended(IPR_CASE_KIND_STANDARD, right).getCaseId();
    done(node.notify(id, IPR_PARTY_RIGHTS_HOLDER));
    assertEquals("notify the declarant", next(id));
    done(node.notify(id, IPR_PARTY_DECLARANT));
    assertEquals("answer of the rights holder", next(id));
    done(node.answer(id, IPR_ANSWER_CONFIRMS));
    assertEquals("agreement of the rights holder to destruction", next(id));
    done(node.answer(id, IPR_ANSWER_AGREES_TO_DESTRUCTION));
    assertEquals("answer of the declarant", next(id));
    done(node.declare(id, IPR_DECLARANT_ANSWER_AGREES));
    assertEquals("destroy the goods", next(id));

    ByteString other = node.suspended(IPR_CASE_KIND_STANDARD, right).getCaseId();
    done(node.notify(other, IPR_PARTY_DECLARANT));
    assertEquals("notify the rights holder", next(other));
    done(node.notify(other, IPR_PARTY_RIGHTS_HOLDER));
    done(node.answer(other, IPR_ANSWER_AGREES_TO_DESTRUCTION));
    assertEquals("confirmation of the rights holder that the goods infringe", next(other));
    ByteString small = node.suspended(IPR_CASE_KIND_SMALL_CONSIGNMENT, right).getCaseId();
    assertEquals("notify the declarant", next(small));
  }

  @Test
  void notice_beforeTheSuspensionOrInTheFuture_orAtAnotherTime_isRefused() {
    ByteString id = node.suspended(IPR_CASE_KIND_STANDARD, node.granted()).getCaseId();
    for (long offset : new long[] {-1, 1}) {
      var notify =
          IprNode.act(id)
              .setNotify(
                  IprNotification.newBuilder()
                      .setParty(IPR_PARTY_DECLARANT)
                      .setAt(Timestamps.fromMillis(node.clock.millis() + offset)));
      assertEquals("notify.at", refused(node.act(notify)).field());
    }
    done(node.notify(id, IPR_PARTY_DECLARANT));
    int leaves = node.leaves.count();
    done(node.notify(id, IPR_PARTY_DECLARANT));
    assertEquals(leaves, node.leaves.count());
    node.clock.move(Duration.ofHours(1));
    var moved =
        IprNode.act(id)
            .setNotify(
                IprNotification.newBuilder()
                    .setParty(IPR_PARTY_DECLARANT)
                    .setAt(Timestamps.fromMillis(node.clock.millis())));
    assertEquals(Code.OUT_OF_ORDER, code(node.act(moved)));
  }

  @Test
  void deadline_beyondTheCalendar_isTold() {
    node.clock.set(Instant.parse("2027-12-20T08:00:00Z"));
    IprCase opened = node.suspended(IPR_CASE_KIND_STANDARD, node.granted());
    assertFalse(opened.getDeadlines().getBeyondCalendar());
    done(node.notify(opened.getCaseId(), IPR_PARTY_DECLARANT));
    assertTrue(node.read(opened.getCaseId()).getDeadlines().getBeyondCalendar());
  }

  // Answers --------------------------------------------------------------------------------------

  @Test
  void answer_inTheLastMoment_isInTime_andInTheNextIsNot() {
    ByteString id = node.notified();
    justBefore(TEN_DAYS_OVER);
    done(node.answer(id, IPR_ANSWER_CONFIRMS));
    node.clock.set(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_PASSED, code(node.answer(id, IPR_ANSWER_AGREES_TO_DESTRUCTION)));
    assertEquals(Code.DEADLINE_PASSED, code(node.answer(id, IPR_ANSWER_PROCEEDINGS)));
    assertEquals(Code.DEADLINE_PASSED, code(node.answer(id, IPR_ANSWER_ASKS_EXTENSION)));
    assertEquals(Code.DEADLINE_PASSED, code(node.declare(id, IPR_DECLARANT_ANSWER_OPPOSES)));
    // What was said in time can be said again, and giving up is never too late.
    done(node.answer(id, IPR_ANSWER_CONFIRMS));
    done(node.answer(id, IPR_ANSWER_GENUINE));
    assertEquals("release the goods", node.read(id).getNext().getWhat());
  }

  @Test
  void letter_countsFromWhenItWasReceived() {
    ByteString id = node.notified();
    node.clock.set(TEN_DAYS_OVER.plus(Duration.ofHours(8)));
    IprLetter.Builder letter =
        IprLetter.newBuilder()
            .setAnswer(IPR_ANSWER_CONFIRMS)
            .setReceivedAt(Timestamps.fromMillis(TEN_DAYS_OVER.toEpochMilli() - 1));
    done(node.act(IprNode.act(id).setLetter(letter)));
    letter
        .setAnswer(IPR_ANSWER_AGREES_TO_DESTRUCTION)
        .setReceivedAt(Timestamps.fromMillis(TEN_DAYS_OVER.toEpochMilli()));
    assertEquals(Code.DEADLINE_PASSED, code(node.act(IprNode.act(id).setLetter(letter))));
    letter.setReceivedAt(Timestamps.fromMillis(node.clock.millis() + 1));
    assertEquals(
        "letter.received_at", refused(node.act(IprNode.act(id).setLetter(letter))).field());
    letter.setReceivedAt(Timestamps.fromMillis(1));
    assertEquals(
        "letter.received_at", refused(node.act(IprNode.act(id).setLetter(letter))).field());
  }

  @Test
  void answer_needsANotice_andTextWhereItSaysWhy() {
    ByteString id = node.suspended(IPR_CASE_KIND_STANDARD, node.granted()).getCaseId();
    IprLetter.Builder letter = IprLetter.newBuilder().setAnswer(IPR_ANSWER_CONFIRMS);
    assertEquals(Code.OUT_OF_ORDER, code(node.act(IprNode.act(id).setLetter(letter))));
    assertEquals(Code.OUT_OF_ORDER, code(node.declare(id, IPR_DECLARANT_ANSWER_AGREES)));
    done(node.notify(id, IPR_PARTY_RIGHTS_HOLDER));
    letter.setAnswer(IPR_ANSWER_PROCEEDINGS);
    assertEquals("text", refused(node.act(IprNode.act(id).setLetter(letter))).field());
    assertEquals("answer", refused(node.answer(id, IPR_ANSWER_UNSPECIFIED)).field());
  }

  @Test
  void whoGaveUp_cannotComeBack() {
    ByteString id = node.notified();
    done(node.answer(id, IPR_ANSWER_GENUINE));
    for (var answer :
        List.of(
            IPR_ANSWER_CONFIRMS,
            IPR_ANSWER_AGREES_TO_DESTRUCTION,
            IPR_ANSWER_ASKS_EXTENSION,
            IPR_ANSWER_PROCEEDINGS)) {
      assertEquals(Code.OUT_OF_ORDER, code(node.answer(id, answer)));
    }
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
  }

  @Test
  void declarant_whoOpposed_canComeRound_butNotGoBack() {
    ByteString id = node.notified();
    done(node.declare(id, IPR_DECLARANT_ANSWER_OPPOSES));
    assertEquals(IprStage.IPR_STAGE_OPPOSED, stage(id));
    node.clock.set(TEN_DAYS_OVER);
    done(node.declare(id, IPR_DECLARANT_ANSWER_AGREES));
    assertEquals(Code.OUT_OF_ORDER, code(node.declare(id, IPR_DECLARANT_ANSWER_OPPOSES)));
  }

  // Extension ------------------------------------------------------------------------------------

  @Test
  void extension_asAsked_movesTheTimeForProceedingsOnly() {
    ByteString id = node.notified();
    assertEquals(Code.OUT_OF_ORDER, code(node.extend(id, 10)));
    done(node.answer(id, IPR_ANSWER_ASKS_EXTENSION));
    for (int days : new int[] {0, 11, -1}) {
      assertEquals(Code.INVALID_FIELD, code(node.extend(id, days)));
    }
    // Decided after the time was over, about what was asked in time.
    node.clock.set(TEN_DAYS_OVER);
    done(node.extend(id, 10));
    IprCase after = node.read(id);
    Instant twentyOver = Instant.parse("2026-03-30T22:00:00Z");
    assertEquals(twentyOver, at(after.getDeadlines().getProceedingsBy()));
    assertEquals(TEN_DAYS_OVER, at(after.getDeadlines().getHolderBy()));
    done(node.extend(id, 10));
    assertEquals(Code.OUT_OF_ORDER, code(node.extend(id, 5)));
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(id, IPR_OUTCOME_RELEASED)));
    justBefore(twentyOver);
    done(node.answer(id, IPR_ANSWER_PROCEEDINGS));
    assertEquals(IprStage.IPR_STAGE_PROCEEDINGS, stage(id));
  }

  @Test
  void extension_isNeitherForPerishableGoodsNorForSmallConsignments_norInCourt() {
    ByteString right = node.granted();
    ByteString perishable = node.notified(IPR_CASE_KIND_PERISHABLE, right);
    assertEquals(Code.OUT_OF_ORDER, code(node.answer(perishable, IPR_ANSWER_ASKS_EXTENSION)));
    ByteString small = smallAndOpposed();
    assertEquals(Code.OUT_OF_ORDER, code(node.answer(small, IPR_ANSWER_ASKS_EXTENSION)));
    ByteString court = node.notified();
    done(node.answer(court, IPR_ANSWER_PROCEEDINGS));
    assertEquals(Code.OUT_OF_ORDER, code(node.answer(court, IPR_ANSWER_ASKS_EXTENSION)));
    assertEquals(Code.OUT_OF_ORDER, code(node.answer(court, IPR_ANSWER_CONFIRMS)));
    assertEquals(Code.OUT_OF_ORDER, code(node.extend(court, 10)));
  }

  // Ends -----------------------------------------------------------------------------------------

  @Test
  void destruction_needsTheWordOfBoth() {
    ByteString id = node.notified();
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DESTROYED)));
    done(node.declare(id, IPR_DECLARANT_ANSWER_AGREES));
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DESTROYED)));
    done(node.answer(id, IPR_ANSWER_CONFIRMS));
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DESTROYED)));
    done(node.answer(id, IPR_ANSWER_AGREES_TO_DESTRUCTION));
    assertEquals("destroy the goods", node.read(id).getNext().getWhat());
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_RELEASED)));
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED)));
    done(node.conclude(id, IPR_OUTCOME_DESTROYED));
    assertEquals(IprStage.IPR_STAGE_CLOSED, stage(id));
  }

  @Test
  void silentDeclarant_isTakenToAgree_onceTheTimeIsOver() {
    ByteString id = node.notified();
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED)));
    node.agree(id);
    justBefore(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED)));
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DESTROYED)));
    node.clock.set(TEN_DAYS_OVER);
    done(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED));
    assertEquals(IPR_OUTCOME_DEEMED_ABANDONED, node.read(id).getOutcome());
  }

  @Test
  void silentHolder_meansRelease_onceTheTimeIsOver() {
    ByteString id = node.notified();
    justBefore(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(id, IPR_OUTCOME_RELEASED)));
    node.clock.set(TEN_DAYS_OVER);
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED)));
    assertTrue(node.read(id).getNext().getOverdue());
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
  }

  @Test
  void opposedDestruction_meansReleaseWithoutProceedings() {
    ByteString id = node.notified();
    node.agree(id);
    done(node.declare(id, IPR_DECLARANT_ANSWER_OPPOSES));
    assertEquals("proceedings of the rights holder", node.read(id).getNext().getWhat());
    justBefore(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(id, IPR_OUTCOME_RELEASED)));
    node.clock.set(TEN_DAYS_OVER);
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED)));
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DESTROYED)));
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
  }

  @Test
  void agreedButSilentDeclarant_isNotReleasedWhileTheHolderHasTime() {
    ByteString id = node.notified();
    node.agree(id);
    done(node.answer(id, IPR_ANSWER_ASKS_EXTENSION));
    done(node.extend(id, 1));
    node.clock.set(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(id, IPR_OUTCOME_RELEASED)));
    node.clock.move(Duration.ofDays(1));
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
  }

  @ParameterizedTest
  @EnumSource(
      value = IprOutcome.class,
      names = {"IPR_OUTCOME_RELEASED", "IPR_OUTCOME_DESTROYED"})
  void court_decidesEitherWay_withoutAClock(IprOutcome outcome) {
    ByteString id = node.notified();
    done(node.answer(id, IPR_ANSWER_PROCEEDINGS));
    node.clock.move(Duration.ofDays(90));
    IprCase waits = node.read(id);
    assertEquals("decision of the court", waits.getNext().getWhat());
    assertFalse(waits.getNext().hasBy());
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED)));
    done(node.conclude(id, outcome));
  }

  @Test
  void suspicionThatIsDropped_beforeTheHolderIsNotified_releases() {
    ByteString id = node.suspended(IPR_CASE_KIND_STANDARD, node.granted()).getCaseId();
    done(node.notify(id, IPR_PARTY_DECLARANT));
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
  }

  @Test
  void closedCase_takesNothingMore_butTheSameAgain() {
    ByteString id = node.notified();
    done(node.answer(id, IPR_ANSWER_GENUINE));
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
    int leaves = node.leaves.count();
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
    assertEquals(leaves, node.leaves.count());
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DESTROYED)));
    assertEquals(Code.OUT_OF_ORDER, code(node.declare(id, IPR_DECLARANT_ANSWER_AGREES)));
    assertEquals(Code.OUT_OF_ORDER, code(node.answer(id, IPR_ANSWER_CONFIRMS)));
    assertEquals(Code.OUT_OF_ORDER, code(node.extend(id, 10)));
    assertEquals(Code.INVALID_FIELD, code(node.act(IprNode.act(id))));
    ByteString nothing = ByteString.copyFrom(new byte[MessageId.SIZE]);
    assertEquals(Code.NOT_FOUND, code(node.conclude(nothing, IPR_OUTCOME_RELEASED)));
    assertEquals(Code.INVALID_FIELD, code(node.conclude(id, IprOutcome.IPR_OUTCOME_UNSPECIFIED)));
  }

  // Small consignments ---------------------------------------------------------------------------

  private ByteString small() {
    ByteString id = node.suspended(IPR_CASE_KIND_SMALL_CONSIGNMENT, node.granted()).getCaseId();
    assertEquals(Code.OUT_OF_ORDER, code(node.notify(id, IPR_PARTY_RIGHTS_HOLDER)));
    done(node.notify(id, IPR_PARTY_DECLARANT));
    assertEquals(IprStage.IPR_STAGE_NOTIFIED, stage(id));
    return id;
  }

  private ByteString smallAndOpposed() {
    ByteString id = small();
    done(node.declare(id, IPR_DECLARANT_ANSWER_OPPOSES));
    assertEquals("notify the rights holder", node.read(id).getNext().getWhat());
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_RELEASED)));
    done(node.notify(id, IPR_PARTY_RIGHTS_HOLDER));
    return id;
  }

  @Test
  void smallConsignment_isDestroyedWithoutAskingTheHolder() {
    ByteString agreed = small();
    done(node.declare(agreed, IPR_DECLARANT_ANSWER_AGREES));
    done(node.conclude(agreed, IPR_OUTCOME_DESTROYED));
    ByteString silent = small();
    justBefore(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(silent, IPR_OUTCOME_DEEMED_ABANDONED)));
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(silent, IPR_OUTCOME_RELEASED)));
    node.clock.set(TEN_DAYS_OVER);
    done(node.conclude(silent, IPR_OUTCOME_DEEMED_ABANDONED));
  }

  @Test
  void smallConsignment_opposed_goesToTheHolder_whoHasTenDaysForProceedings() {
    ByteString id = smallAndOpposed();
    assertEquals(Code.OUT_OF_ORDER, code(node.answer(id, IPR_ANSWER_CONFIRMS)));
    justBefore(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_RUNS, code(node.conclude(id, IPR_OUTCOME_RELEASED)));
    node.clock.set(TEN_DAYS_OVER);
    assertEquals(Code.DEADLINE_PASSED, code(node.answer(id, IPR_ANSWER_PROCEEDINGS)));
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
  }

  // Ex officio -----------------------------------------------------------------------------------

  private ByteString exOfficio() {
    return node.notified(IPR_CASE_KIND_EX_OFFICIO, ByteString.EMPTY);
  }

  private Result<?> attach(ByteString id, ByteString recordation) {
    return node.act(
        IprNode.act(id).setAttach(IprAttachment.newBuilder().setRecordationId(recordation)));
  }

  @Test
  void exOfficio_waitsFourWorkingDaysForAnApplication_andGoesOnUnderIt() {
    ByteString id = exOfficio();
    Instant fourOver = Instant.parse("2026-03-06T23:00:00Z");
    assertEquals(fourOver, at(node.read(id).getDeadlines().getApplicationBy()));
    assertEquals("application of the rights holder", node.read(id).getNext().getWhat());
    assertEquals(
        Code.OUT_OF_ORDER,
        code(
            node.act(
                IprNode.act(id).setLetter(IprLetter.newBuilder().setAnswer(IPR_ANSWER_CONFIRMS)))));
    assertEquals(Code.OUT_OF_ORDER, code(node.disclose(id, IprDetail.IPR_DETAIL_CONSIGNEE)));
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DESTROYED)));
    justBefore(fourOver);
    ByteString right = node.applied(HOLDER).getRecordationId();
    assertEquals(Code.OUT_OF_ORDER, code(attach(id, right)));
    // The decision may take longer than the application.
    node.clock.move(Duration.ofDays(2));
    done(node.decide(right, RecordationDecision.RECORDATION_DECISION_GRANT, Duration.ofDays(30)));
    done(attach(id, right));
    done(attach(id, right));
    assertEquals(Code.OUT_OF_ORDER, code(attach(id, node.granted())));
    node.agree(id);
    done(node.declare(id, IPR_DECLARANT_ANSWER_AGREES));
    done(node.conclude(id, IPR_OUTCOME_DESTROYED));
  }

  @Test
  void exOfficio_withoutAnApplicationInTime_canOnlyBeReleased() {
    ByteString id = exOfficio();
    node.clock.set(Instant.parse("2026-03-06T23:00:00Z"));
    assertTrue(node.read(id).getNext().getOverdue());
    ByteString late = node.granted();
    assertEquals(Code.DEADLINE_PASSED, code(attach(id, late)));
    ByteString nothing = ByteString.copyFrom(new byte[MessageId.SIZE]);
    assertEquals(Code.NOT_FOUND, code(attach(id, nothing)));
    node.clock.set(TEN_DAYS_OVER);
    assertEquals(Code.OUT_OF_ORDER, code(node.conclude(id, IPR_OUTCOME_DEEMED_ABANDONED)));
    done(node.conclude(id, IPR_OUTCOME_RELEASED));
  }

  @Test
  void attaching_isForCasesExOfficio_onceTheirPartiesAreNotified() {
    ByteString fresh = node.suspended(IPR_CASE_KIND_EX_OFFICIO, ByteString.EMPTY).getCaseId();
    ByteString right = node.granted();
    assertEquals(Code.OUT_OF_ORDER, code(attach(fresh, right)));
    assertEquals(Code.OUT_OF_ORDER, code(attach(node.notified(), right)));
  }

  // On record ------------------------------------------------------------------------------------

  @Test
  void act_isOnRecordUnderCaseAndRecordation_withoutContent() {
    ByteString right = node.granted();
    ByteString id = node.notified(IPR_CASE_KIND_STANDARD, right);
    done(node.disclose(id, IprDetail.IPR_DETAIL_CONSIGNEE));
    var leaf = node.leaves.only(AuditType.IPR_DISCLOSED);
    assertEquals("disclosed: consignee", leaf.outcome().detail());
    assertEquals(
        List.of(MessageId.of(id.toByteArray()), MessageId.of(right.toByteArray())),
        leaf.subject().messages());
    assertEquals(
        List.of("suspended, standard", "declarant notified", "rights holder notified"),
        node.leaves.all().stream()
            .filter(l -> l.type() == AuditType.IPR_ACTED)
            .map(l -> l.outcome().detail())
            .toList());
    assertFalse(node.leaves.all().toString().contains("Dupont"));
  }

  @Test
  void reading_isOnRecord_andListsNameNothing() {
    ByteString id = node.notified();
    int before = node.leaves.count();
    node.read(id);
    assertEquals(AuditType.IPR_READ, node.leaves.last().type());
    assertEquals(before + 1, node.leaves.count());
    IprCase line = done(node.office.list(ListIprCasesRequest.getDefaultInstance())).getCases(0);
    assertFalse(line.hasGoods());
    assertEquals(0, line.getParticularsCount());
    assertEquals(before + 1, node.leaves.count());
    assertEquals(
        "on_behalf_of.officer",
        refused(
                node.office.act(
                    DESK,
                    IprNode.act(id).setOnBehalfOf(OFFICER.toBuilder().clearOfficer()).build()))
            .field());
  }
}
