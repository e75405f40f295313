package org.entente.gateway.model;

/** Reason why a node cannot start, as one line for its operator. */
public final class StartProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartProblem(String message) {
    super(message);
  }

  public StartProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
