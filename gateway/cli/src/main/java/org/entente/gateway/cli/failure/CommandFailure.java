package org.entente.gateway.cli.failure;

/** A command could not do what was asked, for a reason that its user can understand and mend. */
public class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure told in one line. */
  public CommandFailure(String message) {
    super(message);
  }

  /** A failure with its cause. */
  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
