package org.entente.gateway;

/** Why a node cannot start, told to its operator in one line. */
public final class StartProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartProblem(String message) {
    super(message);
  }

  StartProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
