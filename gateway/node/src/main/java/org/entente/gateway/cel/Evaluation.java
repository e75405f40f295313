package org.entente.gateway.cel;

/** What evaluating an expression comes to. The same input always gives the same evaluation. */
public sealed interface Evaluation<T> {

  /** It has a value. */
  record Value<T>(T value) implements Evaluation<T> {}

  /**
   * It has none: an absent key, a division by zero, a limit reached.
   *
   * @param reason what went wrong, printable, at most 200 characters; may quote a short piece of
   *     what was evaluated, so it is for the one who supplied that, not for logs
   */
  record EvaluationFailed<T>(String reason) implements Evaluation<T> {}
}
