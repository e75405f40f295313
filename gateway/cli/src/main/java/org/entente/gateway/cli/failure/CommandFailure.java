package org.entente.gateway.cli.failure;

/** Failure of a command for a reason that its user can understand and correct. */
public class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exit;

  /** A failure with a message of one line. */
  public CommandFailure(String message) {
    super(message);
    this.exit = ExitCode.FAILED;
  }

  /** A failure with its cause. */
  public CommandFailure(String message, Throwable cause) {
    this(ExitCode.FAILED, message, cause);
  }

  /** A failure with its exit code and its cause. */
  public CommandFailure(ExitCode exit, String message, Throwable cause) {
    super(message, cause);
    this.exit = exit;
  }

  /** The command's exit code. */
  public ExitCode exit() {
    return exit;
  }
}
