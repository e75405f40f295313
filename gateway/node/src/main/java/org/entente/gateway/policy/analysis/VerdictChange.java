package org.entente.gateway.policy.analysis;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.gateway.policy.terms.Agreement.Obligations;

/**
 * The difference between two verdicts about the same transfer. A verdict is wider if it permits or
 * holds instead of refusing, permits instead of holding, allows longer retention, later delivery or
 * further onward transfer, requires no person, or no longer withholds fields.
 *
 * @param wider whether it permits something more
 * @param narrower whether it permits something less
 * @param how each difference in words; none if there is none
 */
public record VerdictChange(boolean wider, boolean narrower, List<String> how) {
  public VerdictChange {
    how = List.copyOf(how);
  }

  static VerdictChange between(TransferVerdict current, TransferVerdict candidate, boolean egress) {
    Comparison comparison = new Comparison();
    if (current.outcome() != candidate.outcome()) {
      comparison.add(
          candidate.outcome().compareTo(current.outcome()),
          current.words() + " -> " + candidate.words());
    }
    if (current.agreement().isPresent() && candidate.agreement().isPresent()) {
      String now = current.agreement().get().id();
      String then = candidate.agreement().get().id();
      if (!now.equals(then)) {
        comparison.add(0, "under " + now + " -> " + then);
      }
      comparison.obligations(
          current.agreement().get().obligations(),
          candidate.agreement().get().obligations(),
          egress);
      if (egress) {
        comparison.withheld(current.withheld(), candidate.withheld());
      }
    }
    return new VerdictChange(comparison.wider, comparison.narrower, comparison.how);
  }

  /** Whether there is no difference. */
  public boolean isNone() {
    return how.isEmpty();
  }

  private static final class Comparison {
    private final List<String> how = new ArrayList<>();
    private boolean wider;
    private boolean narrower;

    void add(int more, String words) {
      how.add(words);
      wider |= more > 0;
      narrower |= more < 0;
    }

    void obligations(Obligations current, Obligations candidate, boolean egress) {
      // At the recipient, the sender's agreement has already fixed retention and delivery.
      if (egress) {
        number("retention_days", current.retentionDays(), candidate.retentionDays());
        number("deliver_within_days", current.deliverWithinDays(), candidate.deliverWithinDays());
        if (current.personRequired() != candidate.personRequired()) {
          add(
              candidate.personRequired() ? -1 : 1,
              "person_required " + current.personRequired() + " -> " + candidate.personRequired());
        }
      }
      int further = candidate.onwardTransfer().compareTo(current.onwardTransfer());
      if (further != 0) {
        add(
            further,
            "onward_transfer " + current.onwardTransfer() + " -> " + candidate.onwardTransfer());
      }
      export(current, candidate);
    }

    private void export(Obligations current, Obligations candidate) {
      if (current.noExport() != candidate.noExport()) {
        add(
            candidate.noExport() ? -1 : 1,
            "no_export " + current.noExport() + " -> " + candidate.noExport());
      }
    }

    /** A field that is no longer withheld widens the verdict. */
    void withheld(List<String> current, List<String> candidate) {
      if (current.equals(candidate)) {
        return;
      }
      List<String> less = new ArrayList<>(current);
      less.removeAll(candidate);
      List<String> more = new ArrayList<>(candidate);
      more.removeAll(current);
      if (!less.isEmpty()) {
        add(1, "no longer withheld: " + String.join(", ", less));
      }
      if (!more.isEmpty()) {
        add(-1, "withheld: " + String.join(", ", more));
      }
    }

    private void number(String name, int current, int candidate) {
      if (current != candidate) {
        add(Integer.compare(candidate, current), name + " " + current + " -> " + candidate);
      }
    }
  }
}
