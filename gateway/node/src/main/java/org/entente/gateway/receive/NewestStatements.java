package org.entente.gateway.receive;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;

/**
 * The times of the newest statements of other gateways, so that a copy which a transit keeps does
 * not replace what was stated since.
 *
 * <p>Statements may overtake each other by {@link #OVERTAKING}. In memory only, and bounded:
 * {@value #GATEWAYS} gateways of an agency. Safe for many threads.
 */
final class NewestStatements {
  /** How much older than the newest a statement may be. */
  static final Duration OVERTAKING = Duration.ofSeconds(10);

  /** A time further ahead counts as this far ahead: a clock that was wrong hinders no longer. */
  static final Duration MOST_AHEAD = Duration.ofHours(1);

  static final int GATEWAYS = 64;

  private final Map<AgencyName, Map<NodeName, Long>> newest = new HashMap<>();

  /** Whether a verified statement is not older than those taken before. */
  synchronized boolean isCurrent(
      AgencyName agency, NodeName gateway, long issuedAtMs, long nowMillis) {
    Map<NodeName, Long> gateways =
        newest.computeIfAbsent(agency, unknown -> new LinkedHashMap<>(16, 0.75f, true));
    long before = gateways.getOrDefault(gateway, Long.MIN_VALUE + OVERTAKING.toMillis());
    if (issuedAtMs < before - OVERTAKING.toMillis()) {
      return false;
    }
    gateways.put(
        gateway, Math.max(before, Math.min(issuedAtMs, nowMillis + MOST_AHEAD.toMillis())));
    if (gateways.size() > GATEWAYS) {
      gateways.remove(gateways.keySet().iterator().next());
    }
    return true;
  }
}
