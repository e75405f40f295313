package org.entente.gateway.policy.decide;

import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;

/** What a rulebook says of one transfer. */
public sealed interface Ruling {
  /** An agreement permits it and no rule of the node refuses it. */
  record Allowed(Agreement agreement) implements Ruling {}

  /** It is refused. */
  record Denied(Refusal refusal) implements Ruling {}
}
