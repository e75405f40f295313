package org.entente.gateway.cel;

import java.util.List;
import java.util.function.Function;

/** What compiling an expression comes to: the expression, or every problem found in it. */
public sealed interface Compilation<E> {

  /** The same outcome with what was compiled turned into something else. */
  <R> Compilation<R> map(Function<E, R> next);

  /** It compiles. */
  record Compiled<E>(E expression) implements Compilation<E> {
    @Override
    public <R> Compilation<R> map(Function<E, R> next) {
      return new Compiled<>(next.apply(expression));
    }
  }

  /** It does not; at least one problem. */
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
