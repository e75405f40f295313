package org.entente.gateway.model;

/** The answer to a request: a value, or the problem for which the request changed nothing. */
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
}
