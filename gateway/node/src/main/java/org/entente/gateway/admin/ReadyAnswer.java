package org.entente.gateway.admin;

import java.util.List;

/**
 * What {@code /readyz} answers.
 *
 * @param status 200, or 503 if the gateway cannot work
 * @param text {@code ready} with one warning a line, or one obstacle a line
 */
public record ReadyAnswer(int status, String text) {
  private static final int READY = 200;
  private static final int UNAVAILABLE = 503;

  /** The answer now. */
  public static ReadyAnswer of(Readiness readiness) {
    List<String> obstacles = readiness.obstacles();
    if (!obstacles.isEmpty()) {
      return new ReadyAnswer(UNAVAILABLE, String.join("\n", obstacles) + "\n");
    }
    StringBuilder out = new StringBuilder("ready\n");
    readiness.warnings().forEach(warning -> out.append("warning: ").append(warning).append('\n'));
    return new ReadyAnswer(READY, out.toString());
  }
}
