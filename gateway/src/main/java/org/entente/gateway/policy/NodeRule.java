package org.entente.gateway.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.model.Code;
import org.jspecify.annotations.Nullable;

/**
 * A rule of this node that narrows what agreements allow; it can never widen it.
 *
 * @param id name, unique among the node's rules
 * @param when in which direction it applies
 * @param denies whether a true condition denies; otherwise a false one does
 * @param condition the condition
 * @param reason why, as the one who is refused reads it
 */
record NodeRule(String id, When when, boolean denies, Condition condition, String reason) {

  /** Directions that a rule can apply to. */
  enum When {
    EGRESS,
    INGRESS,
    BOTH
  }

  /** The file of a node's rules. */
  record NodeRulesFile(@JsonProperty(required = true) List<RuleFile> rules) {}

  /** One rule as the file writes it: exactly one of {@code denyIf} and {@code allowOnlyIf}. */
  record RuleFile(
      @JsonProperty(required = true) String id,
      @JsonProperty(required = true) When when,
      @Nullable String denyIf,
      @Nullable String allowOnlyIf,
      @JsonProperty(required = true) String reason) {}

  boolean applies(boolean egress) {
    return when == When.BOTH || (when == When.EGRESS) == egress;
  }

  /** The refusal of a transfer; a condition that cannot be evaluated refuses it too. */
  Optional<Failure> refusal(Transfer transfer) {
    Evaluation<Boolean> evaluation =
        condition.evaluate(
            transfer.label(),
            transfer.origin().value(),
            transfer.recipient().value(),
            transfer.now());
    if (evaluation instanceof Evaluation.Value<Boolean> value) {
      return value.value() == denies
          ? Optional.of(new Failure(id, Code.NODE_RULE, reason))
          : Optional.empty();
    }
    String why = ((Evaluation.EvaluationFailed<Boolean>) evaluation).reason();
    return Optional.of(
        new Failure(id, Code.CONDITION_FAILED, "this node's rule cannot be evaluated: " + why));
  }
}
