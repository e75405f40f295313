package org.entente.gateway.receive;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.ElementCount;

/**
 * Budget for the memory of opened, uncommitted envelopes beyond what honest envelopes need. Honest
 * origins' envelopes use none of it, so they are received even while it is used up. Safe for many
 * threads.
 */
final class UnusualMemory {
  /** Most bytes of one origin: two envelopes of {@link ElementCount#MOST} elements. */
  static final long OF_ONE = 16L << 20;

  /** Most bytes of all origins. */
  static final long OF_ALL = 64L << 20;

  private final Map<AgencyName, Long> held = new HashMap<>();
  private long all;

  /** Holds more for an origin; whether it may. */
  synchronized boolean hold(AgencyName origin, long bytes) {
    if (bytes == 0) {
      return true;
    }
    long sum = held.getOrDefault(origin, 0L) + bytes;
    if (sum > OF_ONE || all + bytes > OF_ALL) {
      return false;
    }
    held.put(origin, sum);
    all += bytes;
    return true;
  }

  /** Releases what was held. */
  synchronized void release(AgencyName origin, long bytes) {
    if (bytes > 0) {
      held.computeIfPresent(origin, (name, sum) -> sum > bytes ? sum - bytes : null);
      all -= bytes;
    }
  }
}
