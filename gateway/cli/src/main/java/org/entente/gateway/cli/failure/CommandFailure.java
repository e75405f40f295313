package org.entente.gateway.cli.failure;

/** Failure of a command for a reason that its user can understand and correct. Exit code 1. */
public class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with a message of one line. */
  public CommandFailure(String message) {
    super(message);
  }

  /** A failure with its cause. */
  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
