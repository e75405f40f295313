package org.entente.gateway.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the explanation of one ruling. */
final class ExplainedRecipient {
  private ExplainedRecipient() {}

  static Explanation.Recipient of(Rules rules, Transfer transfer, Ruling ruling) {
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
    return ruling instanceof Ruling.Allowed it
        ? new Explanation.Recipient(
            transfer.recipient(),
            Optional.empty(),
            Optional.of(it.agreement().id()),
            it.agreement().redactions().of(transfer.label().getKind()),
            tried)
        : new Explanation.Recipient(
            transfer.recipient(),
            Optional.of(((Ruling.Denied) ruling).refusal()),
            Optional.empty(),
            List.of(),
            tried);
  }
}
