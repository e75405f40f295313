package org.entente.gateway.policy.decide;

import java.util.List;

/** Each {@link FixedLabel} that gateways make. */
public final class FixedLabels {
  private FixedLabels() {}

  public static List<FixedLabel> all() {
    return List.of(
        EvidenceMessages.LABEL,
        RecallMessages.LABEL,
        ConsentMessages.LABEL,
        ResponderMessages.LABEL,
        AssignmentMessages.LABEL);
  }
}
