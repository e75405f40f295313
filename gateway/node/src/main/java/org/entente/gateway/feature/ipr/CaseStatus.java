package org.entente.gateway.feature.ipr;

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
 * The status of a case, derived from its events. Pure and immutable; safe for use by several
 * threads.
 *
 * @param kept the stored case
 */
record CaseStatus(IprCase kept) {
  /** The next due step and its deadline. */
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

  /** Whether the case is ex officio and no application has been granted yet. */
  boolean lacksRecordation() {
    return kept.getRecordationId().isEmpty();
  }

  /** Whether all parties that must be notified first have been notified. */
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

  /** Whether the rights holder agrees to destruction; not asked for a small consignment. */
  boolean holderAgrees() {
    return isSmall() || (word().hasConfirmedAt() && word().hasDestructionAgreedAt());
  }

  private IprHolderWord word() {
    return kept.getHolder();
  }

  private IprDeadlines clocks() {
    return kept.getDeadlines();
  }

  /** The next step of an open case with its deadline; empty if no deadline runs. */
  Optional<DueStep> due() {
    if (isClosed() || isInCourt()) {
      return Optional.empty();
    }
    if (isGenuine()) {
      return due("release the goods", word().getGenuineAt());
    }
    if (!isNotified()) {
      return due("notify the " + unnotified(), clocks().getNotifyBy());
    }
    if (lacksRecordation()) {
      return due("application of the rights holder", clocks().getApplicationBy());
    }
    return dueOfAnswers();
  }

  /** Those whom a case that is not notified still lacks. */
  private String unnotified() {
    if (kept.hasDeclarantNotifiedAt()) {
      return "rights holder";
    }
    return isSmall() || kept.hasHolderNotifiedAt() ? "declarant" : "parties";
  }

  /** What a rights holder who does not agree yet has not said. */
  private String awaitedOfHolder() {
    if (word().hasConfirmedAt()) {
      return "agreement of the rights holder to destruction";
    }
    return word().hasDestructionAgreedAt()
        ? "confirmation of the rights holder that the goods infringe"
        : "answer of the rights holder";
  }

  private Optional<DueStep> dueOfAnswers() {
    if (agrees() && holderAgrees()) {
      return due("destroy the goods", kept.getDeclarantAt());
    }
    if (opposes() && !kept.hasHolderNotifiedAt()) {
      return due("notify the rights holder", kept.getDeclarantAt());
    }
    if (!holderAgrees()) {
      return Optional.of(new DueStep(awaitedOfHolder(), holderBy()));
    }
    return opposes()
        ? due("proceedings of the rights holder", clocks().getProceedingsBy())
        : due("answer of the declarant", clocks().getDeclarantBy());
  }

  /** The end of the time in which a holder who has not agreed to destruction prevents release. */
  long holderBy() {
    return Timestamps.toMillis(
        kept.getExtendedDays() > 0 ? clocks().getProceedingsBy() : clocks().getHolderBy());
  }

  private static Optional<DueStep> due(String what, Timestamp by) {
    return Optional.of(new DueStep(what, Timestamps.toMillis(by)));
  }

  /** The case with its derived fields at a time. */
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
