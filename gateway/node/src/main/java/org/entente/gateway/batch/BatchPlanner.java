package org.entente.gateway.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.seal.format.EnvelopeHeader;

/**
 * Natural batching: groups waiting messages into as few envelopes as their keys and the limits
 * allow. Pure: the same input gives the same batches.
 *
 * <p>Batches of a higher lane come first; within a lane, the batch whose first message arrived
 * first. Messages with the same key keep their order.
 */
public final class BatchPlanner {
  private BatchPlanner() {}

  /**
   * Groups waiting messages.
   *
   * @param waiting in order of arrival
   * @param maxMessages most messages in a batch, 1 to 4096
   * @param maxBytes most bytes of labels and bodies in a batch; a larger message gets its own
   *     batch, as does one that would give it more elements, or more recalls, changes, rosters,
   *     consents and charges than recipients accept
   */
  public static List<SealingBatch> group(List<SealingItem> waiting, int maxMessages, int maxBytes) {
    if (maxMessages < 1 || maxMessages > EnvelopeHeader.MAX_COUNT || maxBytes < 1) {
      throw new IllegalArgumentException(maxMessages + " messages of " + maxBytes + " bytes");
    }
    List<OpenBatch> batches = new ArrayList<>();
    Map<BatchKey, OpenBatch> open = new LinkedHashMap<>();
    for (SealingItem item : waiting) {
      OpenBatch filling = open.get(item.key());
      if (filling == null || !filling.hasRoomFor(item, maxMessages, maxBytes)) {
        filling = new OpenBatch(item.key());
        batches.add(filling);
        open.put(item.key(), filling);
      }
      filling.add(item);
    }
    return batches.stream()
        .map(OpenBatch::batch)
        .sorted(Comparator.comparing(batch -> batch.key().lane()))
        .toList();
  }

  /** A batch under construction. */
  private static final class OpenBatch {
    private final BatchKey key;
    private final List<SealingItem> items = new ArrayList<>();
    private long labelBytes;
    private long bodyBytes;
    private long elements;
    private int counted;
    private int altering;

    OpenBatch(BatchKey key) {
      this.key = key;
    }

    boolean hasRoomFor(SealingItem item, int maxMessages, int maxBytes) {
      long labels = labelBytes + item.labelBytes();
      long bodies = bodyBytes + item.bodyBytes();
      return items.size() < maxMessages
          && labels + bodies <= maxBytes
          && (!item.isAltering() || altering < EnvelopeHeader.MAX_ALTERING)
          && SealingBatch.fits(labels, bodies)
          && (!ElementCount.canExceed(labels + bodies, ElementCount.MOST)
              || hasElementsLeftFor(item));
    }

    /** Counts only what may be too much, as most batches are far smaller. */
    private boolean hasElementsLeftFor(SealingItem item) {
      for (; counted < items.size(); counted++) {
        elements += items.get(counted).elements();
      }
      return elements + item.elements() <= ElementCount.MOST;
    }

    void add(SealingItem item) {
      items.add(item);
      altering += item.isAltering() ? 1 : 0;
      labelBytes += item.labelBytes();
      bodyBytes += item.bodyBytes();
    }

    SealingBatch batch() {
      return new SealingBatch(key, items);
    }
  }
}
