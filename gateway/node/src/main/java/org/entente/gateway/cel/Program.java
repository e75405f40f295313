package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.function.Function;
import org.entente.gateway.model.InvalidValue;

/** A program of the CEL runtime with its source; turns the runtime's exceptions into values. */
record Program(String source, CelAbstractSyntaxTree tree, CelRuntime.Program program) {
  private static final int REASON = 200;

  <T> Evaluation<T> evaluate(
      Map<String, ?> variables, Function<Object, Evaluation<T>> interpretation) {
    Object raw;
    try {
      raw = program.eval(variables);
    } catch (CelEvaluationException e) {
      return new Evaluation.EvaluationFailed<>(reason(e));
    }
    return interpretation.apply(raw);
  }

  private static String reason(CelEvaluationException e) {
    String message = String.valueOf(e.getMessage());
    String printable =
        message
            .codePoints()
            .map(c -> InvalidValue.steers(c) ? ' ' : c)
            .limit(REASON)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return printable.isBlank() ? InvalidValue.printable(e.getErrorCode().name()) : printable;
  }
}
