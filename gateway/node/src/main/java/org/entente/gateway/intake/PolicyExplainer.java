package org.entente.gateway.intake;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.policy.decide.RecipientSet;
import org.entente.proto.v1.ExplainRequest;
import org.jspecify.annotations.Nullable;

/**
 * Explains what would happen to a client's draft, and why. It makes all checks of {@link Intake} in
 * the same order, except for free capacity. It sends, stores and records nothing. Safe for use by
 * several threads.
 */
public final class PolicyExplainer {
  private final IntakeParts parts;
  private final InstantSource clock;

  PolicyExplainer(IntakeParts parts, InstantSource clock) {
    this.parts = parts;
    this.clock = clock;
  }

  /** Explains what {@link Intake#publish} would do with a draft now. */
  public Result<Explanation> explain(NodeName client, ExplainRequest request) {
    Instant now = clock.instant();
    DraftCheck check =
        parts.rules().check().question(request.getDraft(), request.getNamesPersons(), now);
    if (check instanceof DraftCheck.InvalidDraft invalid) {
      return Result.refused(invalid.problems().get(0));
    }
    CheckedDraft checked = (CheckedDraft) check;
    OnwardSources passing = OnwardSources.of(client, checked, parts);
    ReferenceResolution referring = ReferenceResolution.of(client, checked, parts);
    DraftHook.Prepared prepared = parts.rules().hooks().explain(client, checked, now);
    Problem lacking = first(passing.lacking(), referring.lacking(), prepared.lacking());
    if (lacking != null) {
      return Result.refused(lacking);
    }
    Explanation explanation =
        parts
            .rules()
            .policy()
            .get()
            .egress()
            .explain(prepared.draft(), passing.sources(), referring.hadTarget(), parts.self(), now);
    Optional<Problem> unknown = RecipientSet.tooManyUnknown(explanation.refusals());
    if (unknown.isPresent()) {
      return Result.refused(unknown.get());
    }
    return explanation.held().isPresent() && parts.rules().hooks().holder().isEmpty()
        ? Result.refused(DraftHooks.unheld(explanation.held().get()))
        : Result.done(explanation);
  }

  private static @Nullable Problem first(@Nullable Problem... problems) {
    for (Problem problem : problems) {
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }
}
