package org.entente.gateway.batch;

import java.util.List;
import org.entente.gateway.crypto.ChunkedEncryption;
import org.entente.gateway.seal.format.EnvelopeHeader;

/**
 * Messages for one envelope: 1 to 4096 with the same key, whose sealed form fits an envelope.
 * Immutable.
 *
 * @param key the properties that they share
 * @param items the messages, in order of arrival
 */
public record SealingBatch(BatchKey key, List<SealingItem> items) {
  public SealingBatch {
    items = List.copyOf(items);
    if (items.isEmpty() || items.size() > EnvelopeHeader.MAX_COUNT) {
      throw new IllegalArgumentException(
          "a batch of " + items.size() + " messages; valid is 1 to 4096");
    }
    long labelBytes = 0;
    long bodyBytes = 0;
    for (SealingItem item : items) {
      labelBytes += item.labelBytes();
      bodyBytes += item.bodyBytes();
      if (!item.key().equals(key)) {
        throw new IllegalArgumentException(item + " belongs to another batch");
      }
    }
    if (!fits(labelBytes, bodyBytes)) {
      throw new IllegalArgumentException(
          "a batch with " + labelBytes + " bytes of labels and " + bodyBytes + " of bodies");
    }
  }

  /** The combined permission of all its messages. */
  public SealingItem.Permission permission() {
    SealingItem.Permission all = items.get(0).permission();
    for (SealingItem item : items) {
      all = all.and(item.permission());
    }
    return all;
  }

  /**
   * Whether labels and bodies of these sizes fit one sealed envelope. A single item always does.
   */
  static boolean fits(long labelBytes, long bodyBytes) {
    return labelBytes <= EnvelopeHeader.MAX_LABELS_BYTES
        && ChunkedEncryption.sealedLength((int) labelBytes) <= EnvelopeHeader.MAX_LABELS_BYTES
        && bodyBytes <= EnvelopeHeader.MAX_BODIES_BYTES;
  }
}
