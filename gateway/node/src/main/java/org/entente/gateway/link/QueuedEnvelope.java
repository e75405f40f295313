package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import org.entente.proto.link.v1.Delivery;

/**
 * One queued envelope, ready to be sent.
 *
 * @param sequence hop number under which it was queued; equals the delivery's
 * @param headerHash SHA-256 of the header that was queued under the number, 32 bytes, also where
 *     the delivery is a void
 * @param delivery what is transmitted; without a header where it is a hop-level void
 */
public record QueuedEnvelope(long sequence, ByteString headerHash, Delivery delivery) {
  /** Whether the number is resolved on this hop without its content. */
  public boolean isVoid() {
    return delivery.getHeader().isEmpty();
  }
}
