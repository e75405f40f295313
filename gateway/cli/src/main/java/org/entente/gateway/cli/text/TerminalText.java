package org.entente.gateway.cli.text;

/** Text of others on a terminal. */
public final class TerminalText {
  private TerminalText() {}

  /** Without control characters, which could steer the terminal. */
  public static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
