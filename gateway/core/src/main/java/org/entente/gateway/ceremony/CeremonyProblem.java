package org.entente.gateway.ceremony;

/** Failure of a step of a ceremony; the message says why and who must act. */
public final class CeremonyProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem with a message of one line. */
  public CeremonyProblem(String message) {
    super(message);
  }

  /** A problem with its cause. */
  public CeremonyProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
