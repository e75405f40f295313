package org.entente.gateway.feature.report;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;

/**
 * A page of an export while it is filled. It is bounded by what it holds and by what was examined
 * for it. For one thread.
 */
final class ExportPage {
  /** Most leaves of a page. */
  static final int LEAVES = 200;

  /** Most messages of a page. */
  static final int MESSAGES = 2_000;

  /** Most bytes of a page, unless one message has more: gRPC's clients accept 4 MiB by default. */
  static final int BYTES = 3 << 20;

  /** Leaves, and messages of leaves, examined for a page; the last leaf may exceed it. */
  static final int EXAMINED = 20_000;

  /** What its price covers: a page that is full has examined as much if all of it is shown. */
  static final int COVERED = LEAVES + MESSAGES;

  /** Further leaves and messages that have a further price. */
  static final int PRICED = 1_000;

  private final Runnable further;
  private final ExportResponse.Builder out = ExportResponse.newBuilder();
  private int messages;
  private long bytes;
  private long examined;
  private long paid = COVERED;

  /**
   * An empty page.
   *
   * @param further runs before each further part that is examined
   */
  ExportPage(Runnable further) {
    this.further = further;
  }

  /** Counts a leaf that was opened, with its messages. */
  void examine(int messagesOfLeaf) {
    examined += 1L + messagesOfLeaf;
    for (; examined > paid; paid += PRICED) {
      further.run();
    }
  }

  /** Whether it can have no further leaf. */
  boolean isFull() {
    return out.getLeavesCount() == LEAVES
        || messages == MESSAGES
        || bytes >= BYTES
        || examined >= EXAMINED;
  }

  /**
   * Adds a leaf with as many of its messages as there is room for.
   *
   * @param ids all messages of the leaf
   * @param from the first one to add
   * @return the first one for the next page; empty if the leaf is whole
   */
  OptionalInt add(
      ExportedLeaf.Builder leaf,
      List<MessageId> ids,
      int from,
      Function<MessageId, ExportedMessage> facts) {
    int next = Math.min(from, ids.size());
    leaf.setFirstMessage(next).setMessageCount(ids.size());
    long size = leaf.build().getSerializedSize();
    boolean fits = out.getLeavesCount() == 0 || bytes + size <= BYTES;
    while (fits && next < ids.size() && messages < MESSAGES) {
      ExportedMessage message = facts.apply(ids.get(next));
      size += message.getSerializedSize();
      boolean first = out.getLeavesCount() == 0 && leaf.getMessagesCount() == 0;
      fits = first || bytes + size <= BYTES;
      if (fits) {
        leaf.addMessages(message);
        messages++;
        next++;
      }
    }
    boolean whole = fits && next == ids.size();
    if (whole || leaf.getMessagesCount() > 0) {
      out.addLeaves(leaf);
      bytes += size;
    }
    return whole ? OptionalInt.empty() : OptionalInt.of(next);
  }

  /** The page, if the next one begins there. */
  ExportResponse until(ExportCursor next) {
    return out.setNext(next.encode()).build();
  }

  /** The page, if it is the last. */
  ExportResponse last() {
    return out.build();
  }
}
