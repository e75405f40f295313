package org.entente.gateway.batch;

import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.format.Envelope;

/**
 * A batch that has been sealed; only {@link Sealer} makes one, so whatever asks for it has passed
 * policy and sealing. Immutable but for closing, which wipes the content key.
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

  /** The key that opens it, to be kept under the local outbox key until every recipient has it. */
  public ContentKey contentKey() {
    return contentKey;
  }

  /** What the messages have in common, the recipients among it. */
  public BatchKey key() {
    return batch.key();
  }

  /** The messages inside, in the order of their places. */
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
