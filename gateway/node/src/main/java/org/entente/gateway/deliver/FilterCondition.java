package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.function.Predicate;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.cel.ExpressionProblem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.Label;

/**
 * The condition of a subscription on labels, in CEL, with the names that agreements use. A label
 * for which it has no value matches, since a filter must not lose messages. Immutable; safe for
 * many threads.
 *
 * @param condition the compiled condition
 * @param self the agency, which is the recipient
 * @param clock for {@code now}
 */
public record FilterCondition(Condition condition, AgencyName self, InstantSource clock)
    implements Predicate<Label> {
  /** The most steps of evaluating one, a tenth of what an agreement's condition may take. */
  public static final int MAX_STEPS = 1_000;

  private static final ExpressionCompiler COMPILER = new ExpressionCompiler();

  /**
   * Compiles a condition, or says at which place of it what would be valid.
   *
   * @param field the field of the request that holds it
   */
  public static Result<Condition> compile(String field, String source) {
    Compilation<Condition> compilation = COMPILER.condition(source);
    if (compilation instanceof Compilation.Rejected<Condition> rejected) {
      ExpressionProblem first = rejected.problems().get(0);
      String valid =
          first.valid().isEmpty() ? "a CEL bool of label, origin, recipient, now" : first.valid();
      return Result.refused(Code.INVALID_FIELD, field, first + "; valid is " + valid);
    }
    Condition condition = ((Compilation.Compiled<Condition>) compilation).expression();
    long steps = condition.mostSteps();
    return steps <= MAX_STEPS
        ? Result.done(condition)
        : Result.refused(
            new Problem(
                Code.INVALID_FIELD,
                field,
                "evaluating it can take "
                    + steps
                    + " steps; valid are at most "
                    + MAX_STEPS
                    + ": compare with == or in, and loop over short lists only"));
  }

  @Override
  public boolean test(Label label) {
    return !(condition.evaluate(label, label.getOrigin(), self.value(), clock.instant())
            instanceof Evaluation.Value<Boolean> holds)
        || holds.value();
  }
}
