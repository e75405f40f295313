package org.entente.gateway.batch;

import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.format.Envelope;

/**
 * A sealed batch. Only {@link Sealer} creates one, so code that requires it handles only permitted
 * and sealed messages. Immutable except that closing wipes the content key.
 */
public final class Sealed implements AutoCloseable {
  private final Envelope envelope;
  private final ContentKey contentKey;
  private final SealingBatch batch;

  Sealed(Envelope envelope, ContentKey contentKey, SealingBatch batch) {
    this.envelope = envelope;
    this.contentKey = contentKey;
    this.batch = batch;
  }

  /** The signed envelope. */
  public Envelope envelope() {
    return envelope;
  }

  /** The key that opens it, kept under the local outbox key until every recipient has it. */
  public ContentKey contentKey() {
    return contentKey;
  }

  /** The properties that the messages share, including the recipients. */
  public BatchKey key() {
    return batch.key();
  }

  /** The messages inside, in order. */
  public List<MessageId> messages() {
    return batch.items().stream().map(SealingItem::id).toList();
  }

  @Override
  public void close() {
    contentKey.close();
  }

  @Override
  public String toString() {
    return envelope.toString();
  }
}
