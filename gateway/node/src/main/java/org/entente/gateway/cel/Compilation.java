package org.entente.gateway.cel;

import java.util.List;
import java.util.function.Function;

/** The result of compiling an expression: the expression, or every problem found in it. */
public sealed interface Compilation<E> {

  /** The same result with the compiled expression converted. */
  <R> Compilation<R> map(Function<E, R> next);

  /** The expression compiles. */
  record Compiled<E>(E expression) implements Compilation<E> {
    @Override
    public <R> Compilation<R> map(Function<E, R> next) {
      return new Compiled<>(next.apply(expression));
    }
  }

  /** The expression does not compile; at least one problem. */
  record Rejected<E>(List<ExpressionProblem> problems) implements Compilation<E> {
    public Rejected {
      problems = List.copyOf(problems);
    }

    @Override
    public <R> Compilation<R> map(Function<E, R> next) {
      return new Rejected<>(problems);
    }
  }
}
