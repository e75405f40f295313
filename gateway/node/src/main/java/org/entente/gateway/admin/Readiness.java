package org.entente.gateway.admin;

import java.util.List;
import java.util.Optional;

/** Whether the gateway can work now, and if not, why; and how its machines are. */
public interface Readiness {
  /** The obstacles, for an operator; empty when ready. */
  List<String> obstacles();

  /** Conditions that need an operator's attention although the gateway works; may be empty. */
  List<String> warnings();

  /** The state of its cluster, as JSON; empty if it runs on one machine. */
  default Optional<String> cluster() {
    return Optional.empty();
  }
}
