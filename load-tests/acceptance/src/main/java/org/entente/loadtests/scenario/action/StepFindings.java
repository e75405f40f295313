package org.entente.loadtests.scenario.action;

import java.util.ArrayList;
import java.util.List;

/** Expected and seen results of one step. For one thread. */
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

  /** Adds an expectation that the caller has evaluated. */
  public void add(String expected, String seen, boolean ok) {
    all.add(new Finding(expected, seen, ok));
  }

  /** Adds an expectation that holds if both texts are equal. */
  public void same(String expected, String seen) {
    add(expected, seen, expected.equals(seen));
  }

  public List<Finding> all() {
    return List.copyOf(all);
  }
}
