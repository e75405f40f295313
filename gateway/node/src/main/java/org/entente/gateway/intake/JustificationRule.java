package org.entente.gateway.intake;

import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.Policy;
import org.jspecify.annotations.Nullable;

/**
 * What an agreement with {@code person_required} asks of who decides about a message that goes or
 * went under it: officer and justification, as of who sends one. Pure.
 */
final class JustificationRule {
  private JustificationRule() {}

  /** Why a decision without a justification is refused; null if none of the agreements asks. */
  static @Nullable Problem by(Policy policy, Stream<String> agreements) {
    return agreements
        .filter(policy::asksForPerson)
        .findFirst()
        .map(
            agreement ->
                new Problem(
                    Code.PERSON_REQUIRED,
                    "on_behalf_of.justification",
                    "must say why: agreement " + agreement + " asks who acts and why"))
        .orElse(null);
  }
}
