package org.entente.gateway.cli.failure;

/** Invalid argument of a command. The command did nothing; exit code 2. */
public final class UsageError extends CommandFailure {
  private static final long serialVersionUID = 1L;

  /** An error with a message of one line. */
  public UsageError(String message) {
    super(message);
  }

  /** An error with its cause. */
  public UsageError(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public ExitCode exit() {
    return ExitCode.USAGE;
  }
}
