package org.entente.gateway.feature.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprDeclarantAnswer;
import org.entente.proto.v1.IprOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Rules for ending a case: goods are destroyed only if both holder and declarant agree, or a court
 * orders it, and never released while a holder who keeps to the law still has time.
 */
final class CaseClosureRules {
  private static final String FIELD = "conclude.outcome";

  private CaseClosureRules() {}

  /** Ends a case, or returns why it cannot end this way now. */
  static Result<Transition<IprCase>> conclude(IprCase kept, IprOutcome outcome, long now) {
    IprFieldCheck fields = new IprFieldCheck();
    fields.choice(FIELD, outcome);
    Problem problem = fields.problem();
    if (problem != null) {
      return Result.refused(problem);
    }
    if (kept.getOutcome() == outcome) {
      return Transition.same(kept);
    }
    CaseStatus stands = new CaseStatus(kept);
    if (stands.isClosed()) {
      return closed();
    }
    Result<Transition<IprCase>> refusal =
        switch (outcome) {
          case IPR_OUTCOME_RELEASED -> keepsFromRelease(stands, now);
          case IPR_OUTCOME_DESTROYED -> keepsFromDestruction(stands);
          case IPR_OUTCOME_DEEMED_ABANDONED -> keepsFromAbandonment(stands, now);
          case IPR_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalStateException("an outcome that was checked: " + outcome);
        };
    return refusal != null
        ? refusal
        : Transition.next(
            kept.toBuilder().setOutcome(outcome).setClosedAt(Timestamps.fromMillis(now)).build(),
            "closed: " + IprProtoMapper.word(outcome, "IPR_OUTCOME_"));
  }

  static Result<Transition<IprCase>> closed() {
    return Transition.outOfOrder("case_id", "the case is closed");
  }

  private static @Nullable Result<Transition<IprCase>> keepsFromRelease(
      CaseStatus stands, long now) {
    IprCase kept = stands.kept();
    boolean nothingKeepsIt =
        stands.isInCourt()
            || stands.isGenuine()
            || stands.lacksRecordation()
            || !stands.isNotified();
    if (nothingKeepsIt) {
      return null;
    }
    if (stands.agrees() && stands.holderAgrees()) {
      return Transition.outOfOrder(FIELD, "both parties have agreed to destruction");
    }
    if (!stands.holderAgrees()) {
      return runs(Timestamps.fromMillis(stands.holderBy()), "the rights holder", now);
    }
    if (!stands.opposes()) {
      Result<Transition<IprCase>> declarant = declarantsTime(kept, now);
      return declarant != null || stands.isSmall()
          ? declarant
          : runs(kept.getDeadlines().getProceedingsBy(), "the rights holder", now);
    }
    return kept.hasHolderNotifiedAt()
        ? runs(kept.getDeadlines().getProceedingsBy(), "the rights holder", now)
        : Transition.outOfOrder(
            FIELD,
            "the rights holder must first be notified that the declarant opposes destruction");
  }

  private static @Nullable Result<Transition<IprCase>> keepsFromDestruction(CaseStatus stands) {
    boolean agreed = !stands.isGenuine() && stands.agrees() && stands.holderAgrees();
    return stands.isInCourt() || (agreed && !stands.lacksRecordation())
        ? null
        : Transition.outOfOrder(
            FIELD, "goods may be destroyed only if both parties agree or a court orders it");
  }

  private static @Nullable Result<Transition<IprCase>> keepsFromAbandonment(
      CaseStatus stands, long now) {
    IprCase kept = stands.kept();
    boolean follows =
        !stands.isInCourt()
            && !stands.isGenuine()
            && !stands.lacksRecordation()
            && stands.isNotified()
            && stands.holderAgrees()
            && kept.getDeclarant() == IprDeclarantAnswer.IPR_DECLARANT_ANSWER_UNSPECIFIED;
    return follows
        ? declarantsTime(kept, now)
        : Transition.outOfOrder(
            FIELD, "this requires that the holder agrees and the declarant is silent");
  }

  private static @Nullable Result<Transition<IprCase>> declarantsTime(IprCase kept, long now) {
    return runs(kept.getDeadlines().getDeclarantBy(), "the declarant", now);
  }

  private static @Nullable Result<Transition<IprCase>> runs(Timestamp by, String who, long now) {
    return now >= Timestamps.toMillis(by)
        ? null
        : Result.refused(
            Code.DEADLINE_RUNS, FIELD, who + " still has time, until " + Timestamps.toString(by));
  }
}
