package org.entente.gateway.admin;

import java.util.List;

/** Whether the gateway can work now, and if not, why. */
public interface Readiness {
  /** The obstacles, for an operator; empty when ready. */
  List<String> obstacles();

  /** Conditions that need an operator's attention although the gateway works; may be empty. */
  List<String> warnings();
}
