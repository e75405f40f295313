package org.entente.gateway.link;

import java.util.HashMap;
import java.util.Map;

/**
 * The terms of a peer's open streams: a replicated gateway has one leader, and the later term is
 * it.
 *
 * <p>Nothing is remembered beyond the streams. A process that says a high term keeps others out
 * only while its own stream stands, which whoever has the gateway's TLS key can do without a term
 * too; once that key is revoked, its streams end and the term is forgotten with them. Thread-safe.
 */
final class LeaderTerms {
  private record Leader(PeerName gateway, long term) {}

  /** By the number of the stream. */
  private final Map<Integer, Leader> open = new HashMap<>();

  /** Notes that a stream is open. */
  synchronized void opened(int number, PeerName gateway, long term) {
    open.put(number, new Leader(gateway, term));
  }

  /** Notes that the stream has ended. */
  synchronized void ended(int number) {
    open.remove(number);
  }

  /** Whether a stream of this gateway with a later term is open. */
  synchronized boolean isStale(PeerName gateway, long term) {
    return open.values().stream()
        .anyMatch(other -> other.gateway().equals(gateway) && other.term() > term);
  }

  /**
   * Whether the open stream with this number is of this gateway, and one of a later term is too.
   */
  synchronized boolean isOutdated(int number, PeerName gateway) {
    Leader leader = open.get(number);
    return leader != null && leader.gateway().equals(gateway) && isStale(gateway, leader.term());
  }

  /** Whether the open stream with this number is of the same gateway and an earlier term. */
  synchronized boolean isOlder(int number, PeerName gateway, long term) {
    Leader leader = open.get(number);
    return leader != null && leader.gateway().equals(gateway) && leader.term() < term;
  }
}
