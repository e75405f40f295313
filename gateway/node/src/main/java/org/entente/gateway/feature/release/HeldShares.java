package org.entente.gateway.feature.release;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * How many held drafts each client has, and their bytes. Only in memory: the client's name is
 * sealed on the disk. Drafts whose facts do not open belong to no client. Safe for many threads.
 */
final class HeldShares {
  private final Map<MessageId, HeldDraft> drafts = new HashMap<>();
  private final Map<String, Share> shares = new HashMap<>();

  private record HeldDraft(String client, long bytes) {}

  /**
   * What a client has.
   *
   * @param count drafts
   * @param bytes their size
   */
  record Share(int count, long bytes) {
    private static final Share NONE = new Share(0, 0);

    private @Nullable Share without(long less) {
      return count == 1 ? null : new Share(count - 1, bytes - less);
    }
  }

  synchronized void add(MessageId id, String client, long bytes) {
    if (drafts.putIfAbsent(id, new HeldDraft(client, bytes)) == null) {
      shares.put(client, new Share(of(client).count() + 1, of(client).bytes() + bytes));
    }
  }

  synchronized void remove(MessageId id) {
    HeldDraft draft = drafts.remove(id);
    if (draft != null) {
      shares.computeIfPresent(draft.client(), (name, share) -> share.without(draft.bytes()));
    }
  }

  synchronized Share of(String client) {
    return shares.getOrDefault(client, Share.NONE);
  }
}
