package org.entente.gateway.feature.ipr;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprDeadlines;
import org.entente.proto.v1.IprDeclaration;
import org.entente.proto.v1.IprDetail;
import org.entente.proto.v1.IprDisclosure;
import org.entente.proto.v1.IprLetter;
import org.entente.proto.v1.IprNotification;
import org.entente.proto.v1.IprParticular;
import org.entente.proto.v1.IprParty;
import org.entente.proto.v1.IprStage;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationState;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a case: which acts are possible in which state, and until when (Regulation
 * (EU) No 608/2013, articles 17, 18, 23 and 26). {@link CaseClosureRules} decides how a case may
 * end, {@link HolderAnswerRules} what a holder may answer. Pure and immutable; safe for use by
 * several threads.
 *
 * @param days the authority's calendar
 */
record Procedure(WorkingDays days) {
  private static final int NOTIFY_DAYS = 1;
  private static final int ANSWER_DAYS = 10;
  private static final int PERISHABLE_DAYS = 3;
  private static final int APPLICATION_DAYS = 4;
  private static final int MOST_EXTENSION_DAYS = 10;

  // Opening --------------------------------------------------------------------------------------

  /**
   * Opens a case, or returns why not.
   *
   * @param recordation the recordation of the case; null with EX_OFFICIO, or if the id is unknown
   */
  Result<Transition<IprCase>> open(
      MessageId id, SuspendGoodsRequest request, @Nullable Recordation recordation, long now) {
    IprFieldCheck fields = new IprFieldCheck();
    long suspendedAt = checked(fields, request, now);
    Problem problem = fields.problem();
    if (problem != null) {
      return Result.refused(problem);
    }
    if (request.getKind() != IprCaseKind.IPR_CASE_KIND_EX_OFFICIO) {
      if (recordation == null) {
        return Result.refused(Code.NOT_FOUND, "recordation_id", "there is no such recordation");
      }
      if (!RecordationLifecycle.inForce(recordation, suspendedAt)) {
        return Transition.outOfOrder(
            "recordation_id", "the recordation was not in force at that time");
      }
      if (request.getKind() == IprCaseKind.IPR_CASE_KIND_SMALL_CONSIGNMENT
          && !recordation.getContent().getSmallConsignments()) {
        return Transition.outOfOrder("kind", "the holder did not apply for that procedure");
      }
    }
    return Transition.next(
        opened(id, request, suspendedAt),
        "suspended, " + IprProtoMapper.word(request.getKind(), "IPR_CASE_KIND_"));
  }

  private IprCase opened(MessageId id, SuspendGoodsRequest request, long suspendedAt) {
    Instant notifyBy = days.after(Instant.ofEpochMilli(suspendedAt), NOTIFY_DAYS);
    return IprCase.newBuilder()
        .setCaseId(IprProtoMapper.bytes(id))
        .setKind(request.getKind())
        .setRecordationId(request.getRecordationId())
        .setGoods(request.getGoods())
        .addAllParticulars(request.getParticularsList())
        .setSuspendedAt(Timestamps.fromMillis(suspendedAt))
        .setDeadlines(
            known(IprDeadlines.newBuilder().setNotifyBy(IprProtoMapper.time(notifyBy)), notifyBy))
        .build();
  }

  private static long checked(IprFieldCheck fields, SuspendGoodsRequest request, long now) {
    fields.known("suspend_goods", request);
    fields.choice("kind", request.getKind());
    fields.check(
        (request.getKind() == IprCaseKind.IPR_CASE_KIND_EX_OFFICIO)
            == request.getRecordationId().isEmpty(),
        "recordation_id",
        "is required; with EX_OFFICIO it must be empty");
    fields.known("goods", request.getGoods());
    fields.line("goods.quantity", request.getGoods().getQuantity(), 100);
    fields.line("goods.place", request.getGoods().getPlace(), 200);
    fields.optionalLine("goods.declaration", request.getGoods().getDeclaration(), 100);
    fields.text("goods.description", request.getGoods().getDescription(), 1_000);
    fields.check(
        !request.getGoods().getDescription().isBlank(), "goods.description", "is required");
    Set<IprDetail> seen = EnumSet.noneOf(IprDetail.class);
    for (IprParticular particular : request.getParticularsList()) {
      fields.known("particulars", particular);
      fields.choice("particulars.detail", particular.getDetail());
      fields.check(
          seen.add(particular.getDetail()),
          "particulars.detail",
          "must have each detail at most once");
      fields.text("particulars.text", particular.getText(), 500);
      fields.check(!particular.getText().isBlank(), "particulars.text", "is required");
      fields.check(
          !particular.hasDisclosedAt(),
          "particulars.disclosed_at",
          "is set by the gateway; leave it empty");
    }
    return fields.past("suspended_at", request.hasSuspendedAt(), request.getSuspendedAt(), now);
  }

  // Acts -----------------------------------------------------------------------------------------

  /**
   * The case after an act of the authority.
   *
   * @param recordation the recordation to attach; null if the id is unknown
   */
  Result<Transition<IprCase>> act(
      IprCase kept, ActOnIprCaseRequest request, @Nullable Recordation recordation, long now) {
    return switch (request.getActCase()) {
      case NOTIFY -> notified(kept, request.getNotify(), now);
      case LETTER -> letter(kept, request.getLetter(), now);
      case DECLARATION -> declared(kept, request.getDeclaration(), now);
      case EXTEND -> extended(kept, request.getExtend().getWorkingDays());
      case DISCLOSE -> disclosed(kept, request.getDisclose(), now);
      case ATTACH -> attached(kept, recordation);
      case CONCLUDE -> CaseClosureRules.conclude(kept, request.getConclude().getOutcome(), now);
      case ACT_NOT_SET -> Result.refused(Code.INVALID_FIELD, "act", "is required");
    };
  }

  private Result<Transition<IprCase>> notified(
      IprCase kept, IprNotification notification, long now) {
    IprFieldCheck fields = new IprFieldCheck();
    fields.choice("notify.party", notification.getParty());
    long at = fields.past("notify.at", notification.hasAt(), notification.getAt(), now);
    fields.check(
        at >= Timestamps.toMillis(kept.getSuspendedAt()),
        "notify.at",
        "must not be before the suspension");
    Problem problem = fields.problem();
    if (problem != null) {
      return Result.refused(problem);
    }
    boolean declarant = notification.getParty() == IprParty.IPR_PARTY_DECLARANT;
    if (declarant ? kept.hasDeclarantNotifiedAt() : kept.hasHolderNotifiedAt()) {
      long before =
          Timestamps.toMillis(
              declarant ? kept.getDeclarantNotifiedAt() : kept.getHolderNotifiedAt());
      return !notification.hasAt() || at == before
          ? Transition.same(kept)
          : Transition.outOfOrder("notify.party", "was already notified, at another time");
    }
    CaseStatus stands = new CaseStatus(kept);
    if (stands.isClosed()) {
      return CaseClosureRules.closed();
    }
    if (!declarant && stands.isSmall() && !stands.opposes()) {
      return Transition.outOfOrder(
          "notify.party",
          "in a small consignment, the holder is notified only once the "
              + "declarant opposes destruction");
    }
    return Transition.next(
        declarant ? declarantNotified(kept, at) : holderNotified(kept, at),
        declarant ? "declarant notified" : "rights holder notified");
  }

  private IprCase declarantNotified(IprCase kept, long at) {
    Instant by = days.after(Instant.ofEpochMilli(at), answerDays(kept));
    return kept.toBuilder()
        .setDeclarantNotifiedAt(Timestamps.fromMillis(at))
        .setDeadlines(
            known(kept.getDeadlines().toBuilder().setDeclarantBy(IprProtoMapper.time(by)), by))
        .build();
  }

  private IprCase holderNotified(IprCase kept, long at) {
    Instant event = Instant.ofEpochMilli(at);
    Instant by = days.after(event, answerDays(kept));
    IprDeadlines.Builder clocks =
        kept.getDeadlines().toBuilder().setProceedingsBy(IprProtoMapper.time(by));
    if (!new CaseStatus(kept).isSmall()) {
      clocks.setHolderBy(IprProtoMapper.time(by));
    }
    if (kept.getKind() == IprCaseKind.IPR_CASE_KIND_EX_OFFICIO) {
      clocks.setApplicationBy(IprProtoMapper.time(days.after(event, APPLICATION_DAYS)));
    }
    return kept.toBuilder()
        .setHolderNotifiedAt(Timestamps.fromMillis(at))
        .setDeadlines(known(clocks, by))
        .build();
  }

  private static int answerDays(IprCase kept) {
    return kept.getKind() == IprCaseKind.IPR_CASE_KIND_PERISHABLE ? PERISHABLE_DAYS : ANSWER_DAYS;
  }

  private IprDeadlines known(IprDeadlines.Builder clocks, Instant end) {
    return clocks
        .setBeyondCalendar(clocks.getBeyondCalendar() || !days.knows(end))
        .setTimeZone(days.zone().getId())
        .build();
  }

  private static Result<Transition<IprCase>> letter(IprCase kept, IprLetter letter, long now) {
    IprFieldCheck fields = new IprFieldCheck();
    long at =
        fields.past("letter.received_at", letter.hasReceivedAt(), letter.getReceivedAt(), now);
    fields.check(
        !kept.hasHolderNotifiedAt() || at >= Timestamps.toMillis(kept.getHolderNotifiedAt()),
        "letter.received_at",
        "must not be before the holder was notified");
    Problem problem = fields.problem();
    return problem == null
        ? HolderAnswerRules.answer(kept, letter.getAnswer(), letter.getText(), at)
        : Result.refused(problem);
  }

  /** The case after an answer that the rights holder gives now. */
  Result<Transition<IprCase>> answer(IprCase kept, IprAnswer answer, String text, long now) {
    return HolderAnswerRules.answer(kept, answer, text, now);
  }

  private static Result<Transition<IprCase>> declared(
      IprCase kept, IprDeclaration declaration, long now) {
    IprFieldCheck fields = new IprFieldCheck();
    fields.choice("declaration.answer", declaration.getAnswer());
    long at =
        fields.past(
            "declaration.received_at",
            declaration.hasReceivedAt(),
            declaration.getReceivedAt(),
            now);
    Problem problem = fields.problem();
    if (problem != null) {
      return Result.refused(problem);
    }
    CaseStatus stands = new CaseStatus(kept);
    if (declaration.getAnswer() == kept.getDeclarant()) {
      return Transition.same(kept);
    }
    if (stands.isClosed()) {
      return CaseClosureRules.closed();
    }
    Result<Transition<IprCase>> refusal = untimely(stands, at);
    if (refusal != null) {
      return refusal;
    }
    return Transition.next(
        kept.toBuilder()
            .setDeclarant(declaration.getAnswer())
            .setDeclarantAt(Timestamps.fromMillis(at))
            .build(),
        "declarant " + IprProtoMapper.word(declaration.getAnswer(), "IPR_DECLARANT_ANSWER_"));
  }

  private static @Nullable Result<Transition<IprCase>> untimely(CaseStatus stands, long at) {
    IprCase kept = stands.kept();
    if (!kept.hasDeclarantNotifiedAt()) {
      return Transition.outOfOrder("declaration", "the declarant has not been notified");
    }
    if (stands.agrees()) {
      return Transition.outOfOrder("declaration.answer", "the declarant has agreed to destruction");
    }
    if (at < Timestamps.toMillis(kept.getDeclarantNotifiedAt())) {
      return Result.refused(
          Code.INVALID_FIELD,
          "declaration.received_at",
          "must not be before the declarant was notified");
    }
    // A declarant who opposed can still agree; one who was silent can no longer answer.
    if (!stands.opposes() && at >= Timestamps.toMillis(kept.getDeadlines().getDeclarantBy())) {
      return Transition.passed("declaration.received_at", kept.getDeadlines().getDeclarantBy());
    }
    return null;
  }

  private Result<Transition<IprCase>> extended(IprCase kept, int workingDays) {
    if (workingDays < 1 || workingDays > MOST_EXTENSION_DAYS) {
      return Result.refused(
          Code.INVALID_FIELD, "extend.working_days", "must be 1 to " + MOST_EXTENSION_DAYS);
    }
    CaseStatus stands = new CaseStatus(kept);
    if (kept.getExtendedDays() == workingDays) {
      return Transition.same(kept);
    }
    if (stands.isClosed()) {
      return CaseClosureRules.closed();
    }
    if (kept.getExtendedDays() > 0) {
      return Transition.outOfOrder("extend", "the time for proceedings has already been extended");
    }
    if (!kept.getHolder().hasExtensionAskedAt() || stands.isInCourt() || stands.isGenuine()) {
      return Transition.outOfOrder("extend", "no request of the rights holder is open");
    }
    Instant by =
        days.longer(IprProtoMapper.instant(kept.getDeadlines().getProceedingsBy()), workingDays);
    return Transition.next(
        kept.toBuilder()
            .setExtendedDays(workingDays)
            .setDeadlines(
                known(
                    kept.getDeadlines().toBuilder().setProceedingsBy(IprProtoMapper.time(by)), by))
            .build(),
        "extended by " + workingDays + " working days");
  }

  private static Result<Transition<IprCase>> disclosed(
      IprCase kept, IprDisclosure disclosure, long now) {
    CaseStatus stands = new CaseStatus(kept);
    if (!kept.hasHolderNotifiedAt() || stands.lacksRecordation()) {
      return Transition.outOfOrder(
          "disclose", "no rights holder has been notified under a recordation");
    }
    Set<IprDetail> asked = EnumSet.noneOf(IprDetail.class);
    asked.addAll(disclosure.getDetailsList());
    Set<IprDetail> there = EnumSet.noneOf(IprDetail.class);
    kept.getParticularsList().forEach(particular -> there.add(particular.getDetail()));
    if (asked.isEmpty() || !there.containsAll(asked)) {
      return Result.refused(
          Code.INVALID_FIELD, "disclose.details", "must name particulars that the case has");
    }
    IprCase.Builder after = kept.toBuilder();
    for (IprParticular.Builder particular : after.getParticularsBuilderList()) {
      if (asked.contains(particular.getDetail()) && !particular.hasDisclosedAt()) {
        particular.setDisclosedAt(Timestamps.fromMillis(now));
      }
    }
    IprCase next = after.build();
    String words =
        asked.stream()
            .map(d -> IprProtoMapper.word(d, "IPR_DETAIL_"))
            .collect(Collectors.joining(", "));
    return next.equals(kept) ? Transition.same(kept) : Transition.next(next, "disclosed: " + words);
  }

  private static Result<Transition<IprCase>> attached(
      IprCase kept, @Nullable Recordation recordation) {
    if (recordation == null) {
      return Result.refused(
          Code.NOT_FOUND, "attach.recordation_id", "there is no such recordation");
    }
    if (kept.getRecordationId().equals(recordation.getRecordationId())) {
      return Transition.same(kept);
    }
    CaseStatus stands = new CaseStatus(kept);
    if (stands.stage() != IprStage.IPR_STAGE_NOTIFIED
        && stands.stage() != IprStage.IPR_STAGE_OPPOSED) {
      return Transition.outOfOrder(
          "attach", "the parties have not been notified, or the recordation has ended");
    }
    if (!stands.lacksRecordation()) {
      return Transition.outOfOrder("attach", "the case already has a recordation");
    }
    if (recordation.getState() != RecordationState.RECORDATION_STATE_GRANTED) {
      return Transition.outOfOrder("attach.recordation_id", "the application has not been granted");
    }
    if (Timestamps.compare(recordation.getAppliedAt(), kept.getDeadlines().getApplicationBy())
        >= 0) {
      return Transition.passed("attach.recordation_id", kept.getDeadlines().getApplicationBy());
    }
    return Transition.next(
        kept.toBuilder().setRecordationId(recordation.getRecordationId()).build(),
        "recordation attached");
  }
}
