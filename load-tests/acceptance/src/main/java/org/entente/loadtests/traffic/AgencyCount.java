package org.entente.loadtests.traffic;

import java.util.Map;

/**
 * Counts of one agency.
 *
 * @param published messages acknowledged as accepted for at least one recipient
 * @param delivered distinct message ids that its subscribers received
 * @param refused message and recipient pairs that its gateway's policy refused, by rule
 * @param redelivered deliveries that its subscribers dropped by message id
 * @param lost messages permitted for it and never delivered
 * @param duplicates message ids at two positions of its ledger
 * @param misrouted messages delivered to it that were not permitted for it
 */
public record AgencyCount(
    int published,
    int delivered,
    Map<String, Integer> refused,
    int redelivered,
    int lost,
    int duplicates,
    int misrouted) {
  public AgencyCount {
    refused = Map.copyOf(refused);
  }

  /** Refused pairs, all rules. */
  public int refusedPairs() {
    return refused.values().stream().mapToInt(Integer::intValue).sum();
  }
}
