package org.entente.gateway.consent;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.store.v1.SentFacts;

/** Whether this agency sent somebody what that asks about. */
final class SentMessageCheck {
  private SentMessageCheck() {}

  /** Whether a message is one of this agency's that went to an agency; no notice is. */
  static boolean to(AgencyName agency, boolean exercise, Optional<SentFacts> message) {
    return message
        .filter(facts -> !facts.getRecall())
        .filter(facts -> facts.getExercise() == exercise)
        .filter(facts -> facts.getRecipientsList().contains(agency.value()))
        .isPresent();
  }
}
