package org.entente.gateway.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.Optional;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprDeadlines;
import org.entente.proto.v1.IprDeclarantAnswer;
import org.entente.proto.v1.IprHolderWord;
import org.entente.proto.v1.IprNext;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.IprStage;

/**
 * Where a case stands, which follows from what happened in it. Pure, immutable, safe for many
 * threads.
 *
 * @param kept the case as it is kept
 */
record CaseStatus(IprCase kept) {
  /** When and why the next thing is due. */
  record DueStep(String what, long byMillis) {}

  IprStage stage() {
    if (isClosed()) {
      return IprStage.IPR_STAGE_CLOSED;
    }
    if (isInCourt()) {
      return IprStage.IPR_STAGE_PROCEEDINGS;
    }
    if (!isNotified()) {
      return IprStage.IPR_STAGE_SUSPENDED;
    }
    return opposes() ? IprStage.IPR_STAGE_OPPOSED : IprStage.IPR_STAGE_NOTIFIED;
  }

  boolean isClosed() {
    return kept.getOutcome() != IprOutcome.IPR_OUTCOME_UNSPECIFIED;
  }

  boolean isInCourt() {
    return word().hasProceedingsAt();
  }

  boolean isSmall() {
    return kept.getKind() == IprCaseKind.IPR_CASE_KIND_SMALL_CONSIGNMENT;
  }

  /** Ex officio, and no application has been granted yet. */
  boolean lacksRecordation() {
    return kept.getRecordationId().isEmpty();
  }

  /** Everybody is notified who has to be at first. */
  boolean isNotified() {
    return kept.hasDeclarantNotifiedAt() && (isSmall() || kept.hasHolderNotifiedAt());
  }

  boolean opposes() {
    return kept.getDeclarant() == IprDeclarantAnswer.IPR_DECLARANT_ANSWER_OPPOSES;
  }

  boolean agrees() {
    return kept.getDeclarant() == IprDeclarantAnswer.IPR_DECLARANT_ANSWER_AGREES;
  }

  boolean isGenuine() {
    return word().hasGenuineAt();
  }

  /** The rights holder's side of destruction; nobody asks for it with a small consignment. */
  boolean holderAgrees() {
    return isSmall() || (word().hasConfirmedAt() && word().hasDestructionAgreedAt());
  }

  private IprHolderWord word() {
    return kept.getHolder();
  }

  private IprDeadlines clocks() {
    return kept.getDeadlines();
  }

  /** What comes next in an open case, and when it is due; empty where no deadline runs. */
  Optional<DueStep> due() {
    if (isClosed() || isInCourt()) {
      return Optional.empty();
    }
    if (isGenuine()) {
      return due("release the goods", word().getGenuineAt());
    }
    if (!isNotified()) {
      return due("notify the parties", clocks().getNotifyBy());
    }
    if (lacksRecordation()) {
      return due("application of the rights holder", clocks().getApplicationBy());
    }
    return dueOfAnswers();
  }

  private Optional<DueStep> dueOfAnswers() {
    if (agrees() && holderAgrees()) {
      return due("destroy the goods", kept.getDeclarantAt());
    }
    if (opposes() && !kept.hasHolderNotifiedAt()) {
      return due("notify the rights holder", kept.getDeclarantAt());
    }
    if (!holderAgrees()) {
      return Optional.of(new DueStep("answer of the rights holder", holderBy()));
    }
    return opposes()
        ? due("proceedings of the rights holder", clocks().getProceedingsBy())
        : due("answer of the declarant", clocks().getDeclarantBy());
  }

  /** Until when a holder who has not agreed to destruction keeps the goods from release. */
  long holderBy() {
    return Timestamps.toMillis(
        kept.getExtendedDays() > 0 ? clocks().getProceedingsBy() : clocks().getHolderBy());
  }

  private static Optional<DueStep> due(String what, Timestamp by) {
    return Optional.of(new DueStep(what, Timestamps.toMillis(by)));
  }

  /** The case with what follows from it at a time. */
  IprCase shown(long now) {
    IprCase.Builder shown = kept.toBuilder().setStage(stage()).clearNext();
    if (isInCourt() && !isClosed()) {
      shown.setNext(IprNext.newBuilder().setWhat("decision of the court"));
    }
    due()
        .ifPresent(
            due ->
                shown.setNext(
                    IprNext.newBuilder()
                        .setWhat(due.what())
                        .setBy(Timestamps.fromMillis(due.byMillis()))
                        .setOverdue(now >= due.byMillis())));
    return shown.build();
  }
}
