package org.entente.gateway.node.doctor;

import java.util.List;

/**
 * What the checks found.
 *
 * @param results in the order of the checks
 */
public record DoctorReport(List<CheckResult> results) {
  public DoctorReport {
    results = List.copyOf(results);
  }

  /** The outcome of a check. */
  public enum State {
    /** No fault. */
    PASSED,
    /** At least one fault. */
    FAILED,
    /** Not made, because a check that it needs failed. */
    SUPPRESSED
  }

  /**
   * The result of one check.
   *
   * @param faults what failed, one a line; empty unless it failed
   * @param suppressedBy ids of the checks that failed; empty unless it is suppressed
   */
  public record CheckResult(
      DoctorCheck check, State state, List<String> faults, List<String> suppressedBy) {
    public CheckResult {
      faults = List.copyOf(faults);
      suppressedBy = List.copyOf(suppressedBy);
    }
  }

  /** How many checks of a severity failed. */
  public long failed(DoctorCheck.Severity severity) {
    return results.stream()
        .filter(it -> it.state() == State.FAILED && it.check().severity() == severity)
        .count();
  }

  /** Whether an error is left. */
  public boolean hasErrors() {
    return failed(DoctorCheck.Severity.ERROR) > 0;
  }
}
