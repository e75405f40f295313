package org.entente.loadtests.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.entente.loadtests.traffic.AgencyCount;

/**
 * Counts of the actual or of the exercise traffic.
 *
 * @param agencies each agency's counts
 * @param unanswered publications without an outcome, including those on which a gateway failed
 * @param failed publications that the gateway called malformed or not allowed
 */
record TrafficCount(Map<String, AgencyCount> agencies, int unanswered, int failed) {
  TrafficCount {
    agencies = Map.copyOf(agencies);
  }

  AgencyCount of(String agency) {
    return agencies.getOrDefault(agency, new AgencyCount(0, 0, Map.of(), 0, 0, 0, 0));
  }

  /** The faults; empty if there are none. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    add(faults, "messages permitted and not delivered", AgencyCount::lost);
    add(faults, "messages twice in the ledger", AgencyCount::duplicates);
    add(faults, "messages delivered and not permitted", AgencyCount::misrouted);
    if (unanswered > 0) {
      faults.add("publications without an outcome: " + unanswered);
    }
    return faults;
  }

  private void add(List<String> faults, String what, ToIntFunction<AgencyCount> number) {
    new TreeMap<>(agencies)
        .forEach(
            (agency, count) -> {
              int found = number.applyAsInt(count);
              if (found > 0) {
                faults.add("%s for %s: %d".formatted(what, agency, found));
              }
            });
  }
}
