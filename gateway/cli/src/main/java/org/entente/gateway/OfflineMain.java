package org.entente.gateway;

import org.entente.gateway.cli.OfflineCommand;

/** Entry point of the {@code offline} command. */
public final class OfflineMain {
  private OfflineMain() {}

  /** Runs a command and exits with its code: 0 success, 1 failure or refusal, 2 usage error. */
  public static void main(String[] args) {
    System.exit(OfflineCommand.execute(args));
  }
}
