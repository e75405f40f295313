package org.entente.gateway.seal;

import java.util.List;

/**
 * Messages that will share one envelope: 1 to 4096 with the same key, whose sealed form fits an
 * envelope. Immutable.
 *
 * @param key what they have in common
 * @param items the messages, in the order in which they came
 */
public record SealingBatch(BatchKey key, List<SealingItem> items) {
  /** Framing of a label and its body's length in the sealed labels, at most, in bytes. */
  static final int FRAMING_BYTES = 16;

  public SealingBatch {
    items = List.copyOf(items);
    if (items.isEmpty() || items.size() > EnvelopeHeader.MAX_COUNT) {
      throw new IllegalArgumentException("a batch of " + items.size() + " messages");
    }
    for (SealingItem item : items) {
      if (!item.key().equals(key)) {
        throw new IllegalArgumentException(item + " belongs to another batch");
      }
    }
  }
}
