package org.entente.gateway.intake;

import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.Policy;
import org.jspecify.annotations.Nullable;

/**
 * Requires officer and justification for a decision about a message under an agreement with {@code
 * person_required}, as for sending it. Pure.
 */
final class JustificationRule {
  private JustificationRule() {}

  /**
   * Why a decision without a justification is refused; null if none of the agreements requires one.
   */
  static @Nullable Problem by(Policy policy, Stream<String> agreements) {
    return agreements
        .filter(policy::asksForPerson)
        .findFirst()
        .map(
            agreement ->
                new Problem(
                    Code.PERSON_REQUIRED,
                    "on_behalf_of.justification",
                    "must say why: agreement "
                        + agreement
                        + " requires the acting person and a justification"))
        .orElse(null);
  }
}
