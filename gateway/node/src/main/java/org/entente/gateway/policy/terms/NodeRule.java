package org.entente.gateway.policy.terms;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.config.ExactlyOne;
import org.entente.gateway.config.SchemaDescription;
import org.entente.gateway.model.Code;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * A rule of this node that narrows what agreements allow; it never widens it.
 *
 * @param id unique name among the node's rules
 * @param when the direction in which it applies
 * @param denies whether a true condition denies; otherwise a false one denies
 * @param condition the condition
 * @param reason the reason shown to the refused party
 */
public record NodeRule(
    String id, Direction when, boolean denies, Condition condition, String reason) {
  /** Longest reason in characters. */
  public static final int MAX_REASON = 300;

  /** Direction that a rule applies to. */
  enum Direction {
    EGRESS,
    INGRESS,
    BOTH
  }

  /** The file of a node's rules. */
  public record NodeRulesFile(
      @SchemaDescription("evaluated in this order; the first that refuses decides")
          @JsonProperty(required = true)
          List<RuleFile> rules) {}

  /** One rule as written in the file: exactly one of {@code denyIf} and {@code allowOnlyIf}. */
  @ExactlyOne({"deny_if", "allow_only_if"})
  public record RuleFile(
      @SchemaDescription(value = "its id; refusals show it as node/ID", form = AgreementFile.ID)
          @JsonProperty(required = true)
          String id,
      @SchemaDescription("EGRESS: what this agency sends; INGRESS: what it receives")
          @JsonProperty(required = true)
          Direction when,
      @SchemaDescription(
              "refuses messages for which this is true: CEL over label, origin, recipient, now")
          @Nullable String denyIf,
      @SchemaDescription("refuses messages for which this is false") @Nullable String allowOnlyIf,
      @SchemaDescription(
              value = "the reason shown to the refused party",
              longest = NodeRule.MAX_REASON)
          @JsonProperty(required = true)
          String reason) {}

  public boolean applies(boolean egress) {
    return when == Direction.BOTH || (when == Direction.EGRESS) == egress;
  }

  /**
   * Whether it reads a field that is withheld from a label. For a waiting message that field's
   * content is no longer known, but the rule was applied to it when it was sent.
   */
  public boolean readsWithheld(Label label) {
    return label.getRedactedCount() > 0
        && condition.labelFields().stream()
            .anyMatch(field -> label.getRedactedList().contains("label." + field));
  }

  /** The refusal of a transfer, if any; a condition that cannot be evaluated refuses too. */
  public Optional<AgreementMismatch> refusal(Transfer transfer) {
    Evaluation<Boolean> evaluation =
        condition.evaluate(
            transfer.label(),
            transfer.origin().value(),
            transfer.recipient().value(),
            transfer.now());
    if (evaluation instanceof Evaluation.Value<Boolean> value) {
      return value.value() == denies
          ? Optional.of(new AgreementMismatch(id, Code.NODE_RULE, reason))
          : Optional.empty();
    }
    String why = ((Evaluation.EvaluationFailed<Boolean>) evaluation).reason();
    return Optional.of(
        new AgreementMismatch(
            id,
            Code.CONDITION_FAILED,
            "this node's rule" + condition.reading() + " cannot be evaluated: " + why));
  }
}
