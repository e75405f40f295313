package org.entente.gateway.cli.failure;

/** A command was given a word that it cannot take; nothing was done, and its exit code is 2. */
public final class UsageError extends CommandFailure {
  private static final long serialVersionUID = 1L;

  /** A wrong call told in one line. */
  public UsageError(String message) {
    super(message);
  }

  /** A wrong call with its cause. */
  public UsageError(String message, Throwable cause) {
    super(message, cause);
  }
}
