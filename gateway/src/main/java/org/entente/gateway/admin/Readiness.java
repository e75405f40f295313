package org.entente.gateway.admin;

import java.util.List;

/** Whether the gateway can do its job now, and if not, why not. */
@FunctionalInterface
public interface Readiness {
  /** What stands in the way, in words for an operator; empty when ready. */
  List<String> obstacles();
}
