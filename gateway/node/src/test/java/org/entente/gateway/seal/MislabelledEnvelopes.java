package org.entente.gateway.seal;

import java.time.Instant;
import org.entente.gateway.batch.BatchKey;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.batch.UnpermittedItems;
import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.decide.Permitted;

/** What a gateway seals that lies: its header says something else than its label. */
public final class MislabelledEnvelopes {
  private MislabelledEnvelopes() {}

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
    return UnpermittedItems.of(
        key,
        permitted.messageId(),
        permitted.expires().toEpochMilli(),
        permitted.label().toByteArray(),
        permitted.body().toByteArray());
  }

  /** The header of a message over another label and body, as bytes. */
  public static SealingItem with(Permitted permitted, byte[] label, byte[] body) {
    SealingItem item = SealingItem.of(permitted);
    return UnpermittedItems.of(
        item.key(), permitted.messageId(), permitted.expires().toEpochMilli(), label, body);
  }

  /** A message under a header that expires at another time. */
  public static SealingItem expiring(Permitted permitted, Instant expires) {
    return UnpermittedItems.of(
        SealingItem.of(permitted).key(),
        permitted.messageId(),
        expires.toEpochMilli(),
        permitted.label().toByteArray(),
        permitted.body().toByteArray());
  }
}
