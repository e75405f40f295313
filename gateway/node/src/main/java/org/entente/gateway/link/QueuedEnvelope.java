package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import org.entente.proto.link.v1.Delivery;

/**
 * One queued envelope, ready to be sent.
 *
 * @param sequence hop number under which it was queued; equals the delivery's
 * @param headerHash SHA-256 of the header queued under the number, 32 bytes, even if the delivery
 *     is a void
 * @param delivery what is transmitted; a hop-level void has no header
 */
public record QueuedEnvelope(long sequence, ByteString headerHash, Delivery delivery) {
  /** Whether the hop resolves this number without content. */
  public boolean isVoid() {
    return delivery.getHeader().isEmpty();
  }
}
