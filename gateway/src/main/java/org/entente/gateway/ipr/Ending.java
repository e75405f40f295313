package org.entente.gateway.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprDeclarantAnswer;
import org.entente.proto.v1.IprOutcome;
import org.jspecify.annotations.Nullable;

/**
 * How a case may end, and when: never destruction without the holder's and the declarant's word or
 * a court's, never release while a holder who keeps to the law still has time.
 */
final class Ending {
  private static final String FIELD = "conclude.outcome";

  private Ending() {}

  /** Ends a case, or says why it cannot end so now. */
  static Step<IprCase> conclude(IprCase kept, IprOutcome outcome, long now) {
    Fields fields = new Fields();
    fields.choice(FIELD, outcome);
    Problem problem = fields.problem();
    if (problem != null) {
      return new Step.Refused<>(problem);
    }
    if (kept.getOutcome() == outcome) {
      return new Step.Same<>();
    }
    Standing stands = new Standing(kept);
    if (stands.isClosed()) {
      return Procedure.closed();
    }
    Step<IprCase> refusal =
        switch (outcome) {
          case IPR_OUTCOME_RELEASED -> keepsFromRelease(stands, now);
          case IPR_OUTCOME_DESTROYED -> keepsFromDestruction(stands);
          case IPR_OUTCOME_DEEMED_ABANDONED -> keepsFromAbandonment(stands, now);
          case IPR_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalStateException("an outcome that was checked: " + outcome);
        };
    return refusal != null
        ? refusal
        : new Step.Next<>(
            kept.toBuilder().setOutcome(outcome).setClosedAt(Timestamps.fromMillis(now)).build(),
            "closed: " + Proto.word(outcome, "IPR_OUTCOME_"));
  }

  private static @Nullable Step<IprCase> keepsFromRelease(Standing stands, long now) {
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
      return Step.outOfOrder(FIELD, "all have agreed to destruction");
    }
    if (!stands.holderAgrees()) {
      return runs(Timestamps.fromMillis(stands.holderBy()), "the rights holder", now);
    }
    if (!stands.opposes()) {
      Step<IprCase> declarant = declarantsTime(kept, now);
      return declarant != null || stands.isSmall()
          ? declarant
          : runs(kept.getDeadlines().getProceedingsBy(), "the rights holder", now);
    }
    return kept.hasHolderNotifiedAt()
        ? runs(kept.getDeadlines().getProceedingsBy(), "the rights holder", now)
        : Step.outOfOrder(FIELD, "the rights holder has to be notified that it is opposed");
  }

  private static @Nullable Step<IprCase> keepsFromDestruction(Standing stands) {
    boolean agreed = !stands.isGenuine() && stands.agrees() && stands.holderAgrees();
    return stands.isInCourt() || (agreed && !stands.lacksRecordation())
        ? null
        : Step.outOfOrder(FIELD, "nobody destroys goods without the word of both, or of a court");
  }

  private static @Nullable Step<IprCase> keepsFromAbandonment(Standing stands, long now) {
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
        : Step.outOfOrder(FIELD, "only where the holder agrees and the declarant is silent");
  }

  private static @Nullable Step<IprCase> declarantsTime(IprCase kept, long now) {
    return runs(kept.getDeadlines().getDeclarantBy(), "the declarant", now);
  }

  private static @Nullable Step<IprCase> runs(Timestamp by, String who, long now) {
    return now >= Timestamps.toMillis(by)
        ? null
        : Step.refused(
            Code.DEADLINE_RUNS, FIELD, who + " still has time, until " + Timestamps.toString(by));
  }
}
