package org.entente.gateway.cel;

/** The result of evaluating an expression. The same input always gives the same result. */
public sealed interface Evaluation<T> {

  /** The expression has a value. */
  record Value<T>(T value) implements Evaluation<T> {}

  /**
   * The expression has no value, because of an absent key, a division by zero or an exceeded limit.
   *
   * @param reason the cause, printable, at most 200 characters; it may quote a short piece of the
   *     input, so it is for the supplier of that input and not for logs
   */
  record EvaluationFailed<T>(String reason) implements Evaluation<T> {}
}
