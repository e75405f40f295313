package org.entente.loadtests.scenario.action;

import java.util.ArrayList;
import java.util.List;

/** What one step was expected to show, and what was seen. For one thread. */
public final class StepFindings {
  /**
   * One expectation.
   *
   * @param expected in words
   * @param seen in words
   * @param ok whether it holds
   */
  public record Finding(String expected, String seen, boolean ok) {}

  private final List<Finding> all = new ArrayList<>();

  /** An expectation whose fulfilment the caller has judged. */
  public void add(String expected, String seen, boolean ok) {
    all.add(new Finding(expected, seen, ok));
  }

  /** An expectation that holds if what was seen reads the same. */
  public void same(String expected, String seen) {
    add(expected, seen, expected.equals(seen));
  }

  public List<Finding> all() {
    return List.copyOf(all);
  }
}
