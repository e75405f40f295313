package org.entente.loadtests.chaos;

import java.util.List;

/**
 * Result of a run.
 *
 * @param kills gateways ended with SIGKILL
 * @param problems other faults, as text: unanswered or refused publications, strays, audit logs
 *     that do not verify
 */
record ChaosVerdict(int kills, JournalComparison comparison, List<String> problems) {
  ChaosVerdict {
    problems = List.copyOf(problems);
  }

  /** Whether messages were sent, none was lost or duplicated, and no other fault was found. */
  boolean good() {
    return comparison.acknowledged() > 0
        && comparison.lost().isEmpty()
        && comparison.doubled().isEmpty()
        && comparison.strays().isEmpty()
        && problems.isEmpty();
  }

  /** The last line. */
  String line() {
    return "kills %d, acknowledged %d, delivered %d, lost %d, doubled %d"
        .formatted(
            kills,
            comparison.acknowledged(),
            comparison.delivered(),
            comparison.lost().size(),
            comparison.doubled().size());
  }
}
