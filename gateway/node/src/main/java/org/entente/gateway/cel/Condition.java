package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.proto.v1.Label;

/**
 * A compiled condition of policy: true or false of a label on its way from one agency to another.
 *
 * <p>Variables: {@code label} ({@code entente.v1.Label}), {@code origin} and {@code recipient}
 * (agency names), {@code now} (timestamp). Enums are written {@code Category.CATEGORY_IPR}. Pure
 * and safe for use by several threads.
 */
public final class Condition {
  private final Program program;
  private final ConditionReads reads;

  Condition(Program program) {
    this.program = program;
    this.reads = ConditionReads.of(program.tree());
  }

  /** Evaluates; fails rather than throws when the label lacks what the expression asks for. */
  public Evaluation<Boolean> evaluate(Label label, String origin, String recipient, Instant now) {
    return program.evaluate(
        Map.of("label", label, "origin", origin, "recipient", recipient, "now", now),
        value ->
            value instanceof Boolean holds
                ? new Evaluation.Value<>(holds)
                : new Evaluation.EvaluationFailed<>("the result is no bool"));
  }

  /** Fields of the label that it can read, by their names in the proto. */
  public Set<String> labelFields() {
    return reads.labelFields();
  }

  /**
   * What of the label it reads, for a sentence about it: {@code " on label.case_ref"}, or nothing.
   */
  public String reading() {
    return labelFields().isEmpty() ? "" : " on label." + String.join(", label.", labelFields());
  }

  /** Whether it can depend on the time. */
  public boolean readsNow() {
    return reads.now();
  }

  /** Whether it can depend on who sends or receives. */
  public boolean readsAgencies() {
    return reads.agencies();
  }

  /** The texts that stand in it, such as the {@code "IT"} of a comparison. */
  public Set<String> texts() {
    return reads.texts();
  }

  /**
   * The texts that it compares with fields of the label, with {@code origin} or with {@code
   * recipient} ({@code ==}, {@code !=}, {@code in}, and the same of a list's elements).
   */
  public List<ComparedText> compared() {
    return reads.compared();
  }

  /** The most steps that evaluating it can take; at most {@value ConditionCost#MAX_STEPS}. */
  public long mostSteps() {
    return ConditionCost.of(program.tree()).steps();
  }

  CelAbstractSyntaxTree tree() {
    return program.tree();
  }

  boolean readsWholeLabel() {
    return reads.wholeLabel();
  }

  /** The expression as written. */
  public String source() {
    return program.source();
  }

  @Override
  public String toString() {
    return program.source();
  }
}
