package org.entente.gateway.feature.release;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.MessageId;

/**
 * How many held drafts each client has. Only in memory: the client's name is sealed on the disk.
 * Drafts whose facts do not open belong to no client. Safe for many threads.
 */
final class HeldShares {
  private final Map<MessageId, String> clients = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  synchronized void add(MessageId id, String client) {
    if (clients.putIfAbsent(id, client) == null) {
      counts.merge(client, 1, Integer::sum);
    }
  }

  synchronized void remove(MessageId id) {
    String client = clients.remove(id);
    if (client != null) {
      counts.computeIfPresent(client, (name, count) -> count == 1 ? null : count - 1);
    }
  }

  synchronized int of(String client) {
    return counts.getOrDefault(client, 0);
  }
}
