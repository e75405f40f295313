package org.entente.gateway.admin;

import java.util.List;
import java.util.Optional;

/** Whether the gateway can work now, and if not, why; and how its machines are. */
public interface Readiness {
  /** The obstacles, for an operator; empty when ready. */
  List<String> obstacles();

  /**
   * Whether clients and peers belong at this machine. So they do while it refuses some of what they
   * ask, for a full disk for example: no other machine takes over for that.
   */
  boolean leads();

  /** Conditions that need an operator's attention although the gateway works; may be empty. */
  List<String> warnings();

  /** The state of its cluster, as JSON; empty if it runs on one machine. */
  default Optional<String> cluster() {
    return Optional.empty();
  }
}
