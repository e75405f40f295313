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
 * Checks whether a recipient can fulfil the obligations of an agreement. Pure, and called after a
 * ruling: no cached ruling depends on what a recipient declares.
 */
final class ObligationCheck {
  private ObligationCheck() {}

  /** The refusal for a recipient that declares it cannot; empty if it can. */
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
                + ". Its operator must enable them, or the agreement must change"));
  }

  /** The clause of an agreement that puts an obligation on the recipient. */
  private static String clause(Obligation obligation) {
    return switch (obligation) {
      case OBLIGATION_DESTROY_AFTER_RETENTION -> "retention_days";
      case OBLIGATION_NO_EXPORT -> "no_export";
      default -> "onward_transfer";
    };
  }
}
