package org.entente.gateway;

import org.entente.gateway.cli.RootCommand;

/** Entry point of the {@code entente} command. */
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code: 0 success, 1 failure or refusal, 2 usage error. */
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** Runs a command in this process and returns its exit code. */
  public static int execute(String... args) {
    return RootCommand.execute(args);
  }
}
