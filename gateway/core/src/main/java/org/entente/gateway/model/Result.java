package org.entente.gateway.model;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The answer to a request: a value, or the problem for which the request changed nothing.
 *
 * @param <T> type of the value
 */
public sealed interface Result<T> {
  /** The request succeeded. */
  record Done<T>(T value) implements Result<T> {
    /** Shows nothing of the value, which may be content. */
    @Override
    public String toString() {
      return "done";
    }
  }

  /** The request was refused. */
  record Refused<T>(Problem problem) implements Result<T> {}

  /** The request succeeded with this value. */
  static <T> Result<T> done(T value) {
    return new Done<>(value);
  }

  /** The request was refused for this problem. */
  static <T> Result<T> refused(Problem problem) {
    return new Refused<>(problem);
  }

  /** The request was refused for the problem with these parts. */
  static <T> Result<T> refused(Code code, String field, String message) {
    return new Refused<>(new Problem(code, field, message));
  }

  /** The request succeeded with this value, or was refused because there is none. */
  static <T> Result<T> of(Optional<T> value, Supplier<Problem> missing) {
    return value.map(Result::done).orElseGet(() -> refused(missing.get()));
  }

  /** The result of a step that needs no value, unless there is a problem. */
  static <T> Result<T> unless(Optional<Problem> problem, Supplier<Result<T>> step) {
    return problem.map(Result::<T>refused).orElseGet(step);
  }

  /** What one of two functions makes of the value or of the problem. */
  default <R> R fold(Function<? super T, R> done, Function<Problem, R> refused) {
    return this instanceof Refused<T> none
        ? refused.apply(none.problem())
        : done.apply(((Done<T>) this).value());
  }

  /** The result with another value; a refusal stays. */
  default <U> Result<U> map(Function<? super T, ? extends U> change) {
    return then(value -> new Done<>(change.apply(value)));
  }

  /** The result of a further step that needs the value; a refusal stays. */
  default <U> Result<U> then(Function<? super T, Result<U>> step) {
    return fold(step, Refused::new);
  }

  /** As {@link #then}, if the further step completes later. */
  default <U> CompletableFuture<Result<U>> thenLater(
      Function<? super T, CompletableFuture<Result<U>>> step) {
    return fold(step, problem -> CompletableFuture.completedFuture(refused(problem)));
  }

  /** The problem; empty if the request succeeded. */
  default Optional<Problem> refusal() {
    return fold(value -> Optional.empty(), Optional::of);
  }

  /** The value, or what the function makes of the problem. */
  default T orElseGet(Function<Problem, ? extends T> other) {
    return this instanceof Refused<T> none ? other.apply(none.problem()) : ((Done<T>) this).value();
  }

  /** The value; throws what the function makes of the problem if the request was refused. */
  default T orElseThrow(Function<Problem, ? extends RuntimeException> failure) {
    return orElseGet(
        problem -> {
          throw failure.apply(problem);
        });
  }
}
