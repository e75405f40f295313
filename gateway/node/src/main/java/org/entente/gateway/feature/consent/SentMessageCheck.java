package org.entente.gateway.feature.consent;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.store.v1.SentFacts;

/** Checks whether this agency sent another one the messages in question. */
final class SentMessageCheck {
  private SentMessageCheck() {}

  /** Whether a message of this agency, other than a notice, went to the other agency. */
  static boolean to(AgencyName agency, boolean exercise, Optional<SentFacts> message) {
    return message
        .filter(facts -> !facts.getRecall())
        .filter(facts -> facts.getExercise() == exercise)
        .filter(facts -> facts.getRecipientsList().contains(agency.value()))
        .isPresent();
  }
}
