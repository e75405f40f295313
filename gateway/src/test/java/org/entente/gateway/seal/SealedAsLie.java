package org.entente.gateway.seal;

import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.Permitted;

/** What a gateway seals that lies: its header says something else than its label. */
public final class SealedAsLie {
  private SealedAsLie() {}

  /**
   * A message under a header of the other kind of traffic: training as actual, actual as training.
   */
  public static SealingItem exerciseReversed(Permitted permitted) {
    BatchKey key =
        new BatchKey(
            permitted.permits().stream().map(Permit::recipient).toList(),
            permitted.agreement(),
            permitted.retentionDays(),
            permitted.lane(),
            !permitted.exercise());
    return new SealingItem(
        key,
        permitted.messageId(),
        permitted.expires().toEpochMilli(),
        permitted.label().toByteArray(),
        permitted.body().toByteArray());
  }
}
