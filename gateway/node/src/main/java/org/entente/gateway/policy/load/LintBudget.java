package org.entente.gateway.policy.load;

/**
 * Limits how often one lint evaluates conditions. The number of labels and of pairs of members
 * multiply, and a partner writes the conditions: without a limit, a lint takes hours. It counts
 * evaluations, not time, so that equal files give equal findings. Used by one thread.
 */
final class LintBudget {
  /** Some seconds for usual conditions; minutes for ones of the greatest cost. */
  static final long MOST = 1_000_000;

  private long left;

  LintBudget(long most) {
    left = most;
  }

  /** Takes this number of evaluations out of the budget; false if it has too few left. */
  boolean take(long evaluations) {
    if (evaluations > left) {
      left = 0;
      return false;
    }
    left -= evaluations;
    return true;
  }

  /** Whether nothing more is to be tried. */
  boolean isSpent() {
    return left == 0;
  }
}
