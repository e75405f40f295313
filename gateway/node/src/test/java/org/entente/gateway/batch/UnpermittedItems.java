package org.entente.gateway.batch;

import org.entente.gateway.model.MessageId;

/** Items that no policy permitted, for tests of sealing and opening alone. */
public final class UnpermittedItems {
  private UnpermittedItems() {}

  /** An item of any bytes. */
  public static SealingItem of(
      BatchKey key, MessageId id, long expiresAtMs, byte[] label, byte[] body) {
    return new SealingItem(key, id, expiresAtMs, label, body);
  }
}
