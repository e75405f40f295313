package org.entente.gateway.receive;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.format.OriginNumber;

/**
 * Collects numbers that origins must send again under new stanzas. All numbers of one origin become
 * one request, which is signed when it is sent, outside the ledger's writer. So any number of
 * deliveries that do not open costs one signature. Numbers that do not fit into the request are
 * dropped; the origin repeats them by itself. Safe for many threads.
 */
public final class StanzaRequests {
  private final Map<AgencyName, Set<OriginNumber>> waiting = new HashMap<>();

  /** Adds numbers of an origin to its next request. */
  public synchronized void add(AgencyName origin, List<OriginNumber> numbers) {
    Set<OriginNumber> asked = waiting.computeIfAbsent(origin, first -> new LinkedHashSet<>());
    for (OriginNumber number : numbers) {
      if (asked.size() < SignedNotices.MAX_NUMBERS) {
        asked.add(number);
      }
    }
  }

  /** Makes the requests that are due, one for each origin. */
  public void send(BiConsumer<AgencyName, List<OriginNumber>> ask) {
    taken().forEach((origin, numbers) -> ask.accept(origin, List.copyOf(numbers)));
  }

  private synchronized Map<AgencyName, Set<OriginNumber>> taken() {
    Map<AgencyName, Set<OriginNumber>> taken = new HashMap<>(waiting);
    waiting.clear();
    return taken;
  }
}
