package org.entente.gateway.feature.ipr;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.feature.ipr.IprNode.HOLDER;
import static org.entente.gateway.feature.ipr.IprNode.OTHER;
import static org.entente.gateway.feature.ipr.IprNode.PERSON;
import static org.entente.gateway.feature.ipr.IprNode.TEN_DAYS_OVER;
import static org.entente.gateway.feature.ipr.IprNode.code;
import static org.entente.gateway.feature.ipr.IprNode.done;
import static org.entente.gateway.feature.ipr.IprNode.refused;
import static org.entente.gateway.feature.ipr.IprNode.suspension;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_CONFIRMS;
import static org.entente.proto.v1.IprAnswer.IPR_ANSWER_GENUINE;
import static org.entente.proto.v1.IprCaseKind.IPR_CASE_KIND_EX_OFFICIO;
import static org.entente.proto.v1.IprCaseKind.IPR_CASE_KIND_STANDARD;
import static org.entente.proto.v1.IprOutcome.IPR_OUTCOME_RELEASED;
import static org.entente.proto.v1.IprParty.IPR_PARTY_RIGHTS_HOLDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.IprDetail;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprParticular;
import org.entente.proto.v1.IprStage;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.ListIprNoticesResponse;
import org.entente.proto.v1.ListOwnRecordationsRequest;
import org.entente.proto.v1.ReadIprNoticeRequest;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationState;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What rights holders see, and what they must not see. */
class HolderDeskTest {
  @AutoClose private final IprNode node = new IprNode();

  private List<Recordation> own(NodeName holder) {
    return done(node.desk.recordations(holder, ListOwnRecordationsRequest.getDefaultInstance()))
        .getRecordationsList();
  }

  @Test
  void holder_seesItsNotices_onceItIsNotified() {
    ByteString id = node.suspended(IPR_CASE_KIND_STANDARD, node.granted()).getCaseId();
    assertEquals(List.of(), node.notices(HOLDER, true));
    assertEquals(Code.NOT_FOUND, code(node.notice(HOLDER, id)));
    assertEquals(Code.NOT_FOUND, code(node.answer(id, IPR_ANSWER_CONFIRMS)));
    done(node.notify(id, IPR_PARTY_RIGHTS_HOLDER));
    assertEquals(List.of(id), node.notices(HOLDER, false));
    assertEquals("brake pads without hologram", node.notice(id).getDescription());
    assertEquals("1200 pieces", node.notice(id).getQuantity());
    assertEquals("Europe/Paris", node.notice(id).getTimeZone());
  }

  /** Attack: one holder asks for the notices of another. */
  @Test
  void noticeOfAnotherHolder_looksLikeOneThatDoesNotExist() {
    ByteString id = node.notified();
    ByteString nothing = ByteString.copyFrom(new byte[MessageId.SIZE]);
    int leaves = node.leaves.count();
    assertSameButForTheId(
        refused(node.notice(OTHER, id)), id, refused(node.notice(OTHER, nothing)), nothing);
    assertSameButForTheId(
        refused(node.answer(OTHER, id, IPR_ANSWER_GENUINE)),
        id,
        refused(node.answer(OTHER, nothing, IPR_ANSWER_GENUINE)),
        nothing);
    assertEquals(List.of(), node.notices(OTHER, true));
    assertEquals(List.of(), own(OTHER));
    assertEquals(leaves, node.leaves.count());
    assertFalse(node.read(id).getHolder().hasGenuineAt());
  }

  private static void assertSameButForTheId(
      Problem one, ByteString idOfOne, Problem other, ByteString idOfOther) {
    assertEquals(Code.NOT_FOUND, one.code());
    assertEquals(other.code(), one.code());
    assertEquals(other.field(), one.field());
    assertEquals(
        other.message().replace(hex(idOfOther), "ID"), one.message().replace(hex(idOfOne), "ID"));
  }

  private static String hex(ByteString id) {
    return MessageId.of(id.toByteArray()).toString();
  }

  /** Attack: ids of pages tell of what others have. */
  @Test
  void page_namesNoIdOfAnotherHolder() {
    ByteString mine = node.granted(HOLDER, Duration.ofDays(30));
    ByteString theirs = node.granted(OTHER, Duration.ofDays(30));
    List<ByteString> seen = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      node.notified(IPR_CASE_KIND_STANDARD, theirs);
      seen.add(node.notified(IPR_CASE_KIND_STANDARD, mine));
    }
    ListIprNoticesResponse first =
        done(node.desk.notices(HOLDER, ListIprNoticesRequest.getDefaultInstance()));
    assertEquals(100, first.getNoticesCount());
    assertEquals(first.getNotices(99).getCaseId(), first.getNext());
    ListIprNoticesResponse second =
        done(
            node.desk.notices(
                HOLDER, ListIprNoticesRequest.newBuilder().setAfter(first.getNext()).build()));
    assertEquals(1, second.getNoticesCount());
    assertEquals(ByteString.EMPTY, second.getNext());
    List<ByteString> told = new ArrayList<>();
    first.getNoticesList().forEach(notice -> told.add(notice.getCaseId()));
    second.getNoticesList().forEach(notice -> told.add(notice.getCaseId()));
    assertEquals(Set.copyOf(seen), Set.copyOf(told));
  }

  /** Attack: a holder whose recordation is over goes on looking. */
  @Test
  void holder_whoseRecordationIsOver_seesOnlyWhatIsStillOpen() {
    ByteString right = node.granted(HOLDER, Duration.ofDays(5));
    ByteString closed = node.notified(IPR_CASE_KIND_STANDARD, right);
    done(node.answer(closed, IPR_ANSWER_GENUINE));
    done(node.conclude(closed, IPR_OUTCOME_RELEASED));
    ByteString open = node.notified(IPR_CASE_KIND_STANDARD, right);
    assertEquals(Set.of(closed, open), Set.copyOf(node.notices(HOLDER, true)));
    node.clock.move(Duration.ofDays(5));
    assertEquals(List.of(open), node.notices(HOLDER, true));
    assertEquals(Code.NOT_FOUND, code(node.notice(HOLDER, closed)));
    assertEquals(Code.NOT_FOUND, code(node.answer(closed, IPR_ANSWER_GENUINE)));
    // What was begun goes on.
    done(node.answer(open, IPR_ANSWER_CONFIRMS));
    assertEquals(RecordationState.RECORDATION_STATE_EXPIRED, own(HOLDER).get(0).getState());
    done(node.answer(open, IPR_ANSWER_GENUINE));
    done(node.conclude(open, IPR_OUTCOME_RELEASED));
    assertEquals(List.of(), node.notices(HOLDER, true));
  }

  /** Attack: an answer after the deadline. */
  @Test
  void answer_afterTheDeadline_isRefused_andChangesNothing() {
    ByteString id = node.notified();
    node.clock.set(TEN_DAYS_OVER);
    int leaves = node.leaves.count();
    Problem problem = refused(node.answer(id, IPR_ANSWER_CONFIRMS));
    assertEquals(Code.DEADLINE_PASSED, problem.code());
    assertTrue(problem.message().contains("2026-03-16T23:00:00Z"), problem.message());
    assertEquals(leaves, node.leaves.count());
    assertFalse(node.notice(id).getHolder().hasConfirmedAt());
  }

  @Test
  void exOfficio_isShownToNobody_untilARecordationIsAttached() {
    ByteString id = node.notified(IPR_CASE_KIND_EX_OFFICIO, ByteString.EMPTY);
    assertEquals(List.of(), node.notices(HOLDER, true));
    assertEquals(Code.NOT_FOUND, code(node.notice(HOLDER, id)));
  }

  @Test
  void notice_showsNobody_untilTheAuthorityDiscloses() {
    ByteString id = node.notified();
    assertEquals(List.of(), node.notice(id).getDisclosedList());
    done(node.disclose(id, IprDetail.IPR_DETAIL_CONSIGNOR));
    List<IprParticular> disclosed = node.notice(id).getDisclosedList();
    assertEquals(1, disclosed.size());
    assertEquals("Parts Ltd, Shenzhen", disclosed.get(0).getText());
    assertFalse(node.notice(id).toString().contains("Dupont"));
    assertEquals(Code.INVALID_FIELD, code(node.disclose(id, IprDetail.IPR_DETAIL_DESTINATION)));
    assertEquals("FR-7", person(node.leaves.only(AuditType.IPR_DISCLOSED)));
  }

  private static String person(AuditRecord leaf) {
    return Objects.requireNonNull(leaf.actor().onBehalfOf()).officer();
  }

  /** Every text of a case is marked; a notice has those marks only that it may have. */
  @Test
  void notice_holdsNoTextOfACaseButThoseItMayShow() {
    ByteString right = node.granted();
    SuspendGoodsRequest.Builder request = suspension(IPR_CASE_KIND_STANDARD, right);
    request
        .getGoodsBuilder()
        .setDescription("shown-description")
        .setQuantity("shown-quantity")
        .setPlace("hidden-place")
        .setDeclaration("hidden-declaration");
    request.clearParticulars();
    for (IprDetail detail : IprDetail.values()) {
      if (detail != IprDetail.UNRECOGNIZED && detail != IprDetail.IPR_DETAIL_UNSPECIFIED) {
        request.addParticulars(
            IprParticular.newBuilder().setDetail(detail).setText("hidden-" + detail));
      }
    }
    ByteString id =
        done(node.office.suspend(IprNode.DESK, request.build())).getIprCase().getCaseId();
    done(node.notify(id, IPR_PARTY_RIGHTS_HOLDER));
    String notice = node.notice(id).toString();
    assertTrue(notice.contains("shown-description") && notice.contains("shown-quantity"), notice);
    assertFalse(notice.contains("hidden"), notice);
    assertFalse(notice.contains("FR-7"), notice);
    IprNotice line =
        done(node.desk.notices(HOLDER, ListIprNoticesRequest.getDefaultInstance())).getNotices(0);
    assertFalse(line.toString().contains("shown-"), line.toString());
  }

  /** Who adds a field to a notice has to say here that a rights holder may see it. */
  @Test
  void notice_hasTheFieldsThatWereThoughtAbout() {
    Set<String> fields = new TreeSet<>();
    IprNotice.getDescriptor().getFields().stream()
        .map(FieldDescriptor::getName)
        .forEach(fields::add);
    assertEquals(
        new TreeSet<>(
            Set.of(
                "case_id",
                "recordation_id",
                "kind",
                "stage",
                "description",
                "quantity",
                "suspended_at",
                "notified_at",
                "answer_by",
                "proceedings_by",
                "extended_days",
                "holder",
                "disclosed",
                "outcome",
                "closed_at",
                "time_zone")),
        fields);
  }

  @Test
  void readingAndAnswering_areOnRecord_withTheHoldersPerson() {
    ByteString id = node.notified();
    node.notice(id);
    AuditRecord read = node.leaves.last();
    assertEquals(AuditType.IPR_READ, read.type());
    assertEquals(LawCategory.DISCLOSURE, read.category());
    assertEquals(HOLDER, read.actor().client());
    done(node.answer(id, IPR_ANSWER_CONFIRMS));
    AuditRecord answered = node.leaves.last();
    assertEquals(AuditType.IPR_ANSWERED, answered.type());
    assertEquals("A. Holder", person(answered));
    assertEquals("rights holder: confirms", answered.outcome().detail());
    int leaves = node.leaves.count();
    done(node.answer(id, IPR_ANSWER_CONFIRMS));
    assertEquals(leaves, node.leaves.count());
    ReadIprNoticeRequest nobody = ReadIprNoticeRequest.newBuilder().setCaseId(id).build();
    assertEquals("on_behalf_of.officer", refused(node.desk.read(HOLDER, nobody)).field());
    ReadIprNoticeRequest odd =
        ReadIprNoticeRequest.newBuilder()
            .setCaseId(ByteString.copyFromUtf8("x"))
            .setOnBehalfOf(PERSON)
            .build();
    assertEquals("case_id", refused(node.desk.read(HOLDER, odd)).field());
  }

  /** Attack: a holder asks for many pages at once, each of which looks through all cases. */
  @Test
  void page_isGivenToEachClientOnceAtATime() {
    ListIprNoticesRequest request = ListIprNoticesRequest.getDefaultInstance();
    List<Code> meanwhile = new ArrayList<>();
    AtomicReference<@Nullable HolderDesk> asked = new AtomicReference<>();
    // The desk asks for the time while it makes a page.
    InstantSource asking =
        () -> {
          if (meanwhile.isEmpty()) {
            meanwhile.add(code(requireNonNull(asked.get()).notices(HOLDER, request)));
          }
          return node.clock.instant();
        };
    HolderDesk desk = new HolderDesk(node.parts(asking), IprNode.SETTINGS, () -> {});
    asked.set(desk);
    done(desk.notices(HOLDER, request));
    assertEquals(List.of(Code.OVERLOADED), meanwhile);
    done(desk.notices(HOLDER, request));
    done(desk.notices(OTHER, request));
  }

  /** Attack: a holder without records has all those of others opened, page after page. */
  @Test
  void page_paysForWhatItLooksThrough() {
    for (int i = 0; i < 201; i++) {
      node.granted(OTHER, Duration.ofDays(30));
    }
    assertEquals(List.of(), own(HOLDER));
    assertEquals(1, node.further.get());
    node.granted(HOLDER, Duration.ofDays(30));
    assertEquals(1, own(HOLDER).size());
    assertEquals(2, node.further.get());
  }

  @Test
  void ownRecordations_areTheOwnOnly() {
    ByteString mine = node.granted(HOLDER, Duration.ofDays(30));
    ByteString theirs = node.granted(OTHER, Duration.ofDays(30));
    assertNotEquals(mine, theirs);
    assertEquals(List.of(mine), own(HOLDER).stream().map(Recordation::getRecordationId).toList());
    assertEquals(List.of(theirs), own(OTHER).stream().map(Recordation::getRecordationId).toList());
    assertEquals(IprStage.IPR_STAGE_NOTIFIED, node.notice(node.notified()).getStage());
  }
}
