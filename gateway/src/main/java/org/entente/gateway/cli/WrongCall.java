package org.entente.gateway.cli;

/** A command was given a word that it cannot take; nothing was done, and its exit code is 2. */
final class WrongCall extends CommandFailure {
  private static final long serialVersionUID = 1L;

  WrongCall(String message) {
    super(message);
  }

  WrongCall(String message, Throwable cause) {
    super(message, cause);
  }
}
