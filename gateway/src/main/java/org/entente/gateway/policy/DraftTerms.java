package org.entente.gateway.policy;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Refusal;
import org.entente.proto.v1.Label;

/**
 * What is asked of a draft beyond its label, once an agreement permits that: what it passes on may
 * go there, and it names a person where the agreement asks for one. Pure.
 */
final class DraftTerms {
  private final OnwardCheck onward;

  DraftTerms(Rules rules) {
    this.onward = new OnwardCheck(rules);
  }

  /**
   * Why a draft may not go to a recipient under the agreement that permits its label; empty if it
   * may.
   *
   * @param namesPerson whether it says who sends and why
   * @param sources what it passes on, as it came
   */
  Optional<Refusal> refusal(
      Label label,
      boolean namesPerson,
      List<Source> sources,
      AgencyName recipient,
      Agreement agreement) {
    Optional<Refusal> bound = onward.refusal(label, sources, recipient);
    if (bound.isPresent() || !agreement.obligations().personRequired() || namesPerson) {
      return bound;
    }
    return Optional.of(
        new Refusal(
            recipient.value(),
            Code.PERSON_REQUIRED,
            agreement.id() + "/person_required",
            "this agreement asks who sends and why: on_behalf_of.officer and"
                + " on_behalf_of.justification"));
  }
}
