package org.entente.gateway.policy.decide;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.Transfer;

/** Explains for people what each agreement says about a transfer. */
public final class AgreementExplainer {
  private AgreementExplainer() {}

  public static List<Explanation.AgreementTrial> of(RuleEvaluator rules, Transfer transfer) {
    List<Explanation.AgreementTrial> tried = new ArrayList<>();
    for (RuleEvaluator.Attempt attempt : rules.attempts(transfer)) {
      tried.add(
          new Explanation.AgreementTrial(
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
              + "; this agreement covers "
              + other.parties().words();
      tried.add(new Explanation.AgreementTrial(other.id(), other.title(), List.of(between)));
    }
    return tried;
  }
}
