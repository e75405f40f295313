package org.entente.gateway.ledger.record;

import com.google.protobuf.util.Timestamps;
import java.util.Optional;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;

/**
 * A message that changes another message of the same origin.
 *
 * @param id the message
 * @param type how it changes the other
 * @param target the other
 * @param atMillis when its origin wrote it, in milliseconds since 1970
 * @param exercise whether it is training
 */
public record ChainLink(
    MessageId id, MessageType type, MessageId target, long atMillis, boolean exercise) {
  /** The link in a complete and checked label; empty if it changes nothing. */
  public static Optional<ChainLink> of(Label label) {
    return label.getReferences().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ChainLink(
                MessageId.of(label.getMessageId().toByteArray()),
                label.getMessageType(),
                MessageId.of(label.getReferences().toByteArray()),
                Timestamps.toMillis(label.getCreatedAt()),
                Exercise.of(label)));
  }
}
