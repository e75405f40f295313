package org.entente.gateway.cli.failure;

/** Error in one draft; the command continues with the next draft. */
public final class DraftError extends CommandFailure {
  private static final long serialVersionUID = 1L;

  public DraftError(String message) {
    super(message);
  }

  public DraftError(String message, Throwable cause) {
    super(message, cause);
  }
}
