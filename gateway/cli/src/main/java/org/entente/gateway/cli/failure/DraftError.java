package org.entente.gateway.cli.failure;

/** What is wrong with one draft; another can be asked about all the same. */
public final class DraftError extends CommandFailure {
  private static final long serialVersionUID = 1L;

  public DraftError(String message) {
    super(message);
  }

  public DraftError(String message, Throwable cause) {
    super(message, cause);
  }
}
