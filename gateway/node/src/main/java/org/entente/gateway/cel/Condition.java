package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.proto.v1.Label;

/**
 * A compiled policy condition, true or false for a label on its way from one agency to another.
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

  /**
   * Evaluates the condition; fails rather than throws if the label lacks a value that the
   * expression needs.
   */
  public Evaluation<Boolean> evaluate(Label label, String origin, String recipient, Instant now) {
    return program.evaluate(
        Map.of("label", label, "origin", origin, "recipient", recipient, "now", now),
        value ->
            value instanceof Boolean holds
                ? new Evaluation.Value<>(holds)
                : new Evaluation.EvaluationFailed<>("the result is not a bool"));
  }

  /** Label fields that it can read, by their names in the proto. */
  public Set<String> labelFields() {
    return reads.labelFields();
  }

  /** The label fields that it reads, for a sentence: {@code " on label.case_ref"}, or empty. */
  public String reading() {
    return labelFields().isEmpty() ? "" : " on label." + String.join(", label.", labelFields());
  }

  /** Whether it reads the time. */
  public boolean readsNow() {
    return reads.now();
  }

  /** Whether it reads the origin or the recipient. */
  public boolean readsAgencies() {
    return reads.agencies();
  }

  /** The texts in it, such as the {@code "IT"} of a comparison. */
  public Set<String> texts() {
    return reads.texts();
  }

  /**
   * The texts that it compares with label fields, {@code origin} or {@code recipient} ({@code ==},
   * {@code !=}, {@code in}, also for elements of a list).
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

  /**
   * When it is true, in plain English, as part of a sentence; or the part that has no words. Labels
   * are "the message", {@code origin} is the sender.
   */
  public Compilation<String> prose() {
    return ConditionProse.of(program.tree());
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
