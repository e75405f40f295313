package org.entente.gateway.policy.decide;

import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;

/** A rulebook's ruling on one transfer. */
public sealed interface Ruling {
  /** An agreement permits the transfer and no rule of the node refuses it. */
  record Allowed(Agreement agreement) implements Ruling {}

  /** The transfer is refused. */
  record Denied(Refusal refusal) implements Ruling {}
}
