package org.entente.gateway.cli.failure;

/** What is wrong with one draft; another can be asked about all the same. */
public final class WrongDraft extends CommandFailure {
  private static final long serialVersionUID = 1L;

  public WrongDraft(String message) {
    super(message);
  }

  public WrongDraft(String message, Throwable cause) {
    super(message, cause);
  }
}
