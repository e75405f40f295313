package org.entente.gateway.cli.text;

/** Makes text of others safe for a terminal. */
public final class TerminalText {
  private TerminalText() {}

  /** The text without control characters, which could control the terminal. */
  public static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
