package org.entente.gateway.policy.decide;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.Obligation;

/**
 * Whether a recipient can fulfil what an agreement binds it to. Pure: what recipients say is part
 * of the policy that asks, so no ruling that is kept depends on what they said before.
 */
final class ObligationCheck {
  private ObligationCheck() {}

  /** The refusal of a recipient that says it cannot; empty if it can. */
  static Optional<Refusal> refusal(
      Agreement agreement, AgencyName recipient, Fulfilment fulfilment) {
    List<Obligation> lacking = fulfilment.lacking(agreement.obligations().ofRecipient());
    if (lacking.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            recipient.value(),
            Code.OBLIGATION_NOT_FULFILLED,
            agreement.id() + "/" + clause(lacking.get(0)),
            recipient
                + " does not fulfil "
                + EnumNames.words(lacking)
                + ", to which this agreement binds it; it fulfils "
                + fulfilment.words()
                + ". Its operator must act there, or who made the agreement"));
  }

  /** The clause of an agreement that puts an obligation on the recipient. */
  private static String clause(Obligation obligation) {
    return obligation == Obligation.OBLIGATION_DESTROY_AFTER_RETENTION
        ? "retention_days"
        : "onward_transfer";
  }
}
