package org.entente.gateway.policy.decide;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.Transfer;

/** What each agreement says of a transfer, for people. */
public final class ExplainedAgreements {
  private ExplainedAgreements() {}

  public static List<Explanation.Tried> of(Rules rules, Transfer transfer) {
    List<Explanation.Tried> tried = new ArrayList<>();
    for (Rules.Attempt attempt : rules.attempts(transfer)) {
      tried.add(
          new Explanation.Tried(
              attempt.agreement().id(),
              attempt.agreement().title(),
              attempt.failures().stream().map(f -> f.field() + ": " + f.reason()).toList()));
    }
    for (Agreement other : rules.others(transfer.origin(), transfer.recipient())) {
      String between =
          "between: "
              + transfer.origin()
              + " to "
              + transfer.recipient()
              + "; this agreement is between "
              + other.parties().words();
      tried.add(new Explanation.Tried(other.id(), other.title(), List.of(between)));
    }
    return tried;
  }
}
