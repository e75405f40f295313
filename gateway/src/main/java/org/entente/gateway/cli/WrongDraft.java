package org.entente.gateway.cli;

/** What is wrong with one draft; another can be asked about all the same. */
final class WrongDraft extends CommandFailure {
  private static final long serialVersionUID = 1L;

  WrongDraft(String message) {
    super(message);
  }

  WrongDraft(String message, Throwable cause) {
    super(message, cause);
  }
}
