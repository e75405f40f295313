package org.entente.gateway.policy;

import org.entente.gateway.model.Refusal;

/** What a rulebook says of one transfer. */
sealed interface Ruling {
  /** An agreement permits it and no rule of the node refuses it. */
  record Allowed(Agreement agreement) implements Ruling {}

  /** It is refused. */
  record Denied(Refusal refusal) implements Ruling {}
}
