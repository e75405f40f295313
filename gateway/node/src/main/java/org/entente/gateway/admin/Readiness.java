package org.entente.gateway.admin;

import java.util.List;

/** Whether the gateway can do its job now, and if not, why not. */
public interface Readiness {
  /** What stands in the way, in words for an operator; empty when ready. */
  List<String> obstacles();

  /** What an operator should look at although the gateway does its job; may be empty. */
  List<String> warnings();
}
