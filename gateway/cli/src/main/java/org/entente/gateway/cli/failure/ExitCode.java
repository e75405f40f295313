package org.entente.gateway.cli.failure;

/** Why a command did not do what was asked, as scripts learn it. Success is 0. */
public enum ExitCode {
  /** Something failed, or a check did not hold. */
  FAILED(1),
  /** Wrong usage; the command did nothing. */
  USAGE(2),
  /** A gateway or its policy refused. */
  REFUSED(3),
  /** No gateway answered. */
  UNREACHABLE(4);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
