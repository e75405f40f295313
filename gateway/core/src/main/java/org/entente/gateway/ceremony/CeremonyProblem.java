package org.entente.gateway.ceremony;

/** A step of a ceremony cannot be done; the message says why and who must act. */
public final class CeremonyProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem told in one line. */
  public CeremonyProblem(String message) {
    super(message);
  }

  /** A problem with its cause. */
  public CeremonyProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
