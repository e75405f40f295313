package org.entente.gateway.model;

/**
 * A text or number that does not have the form of its type. The message states the form and quotes
 * at most 80 characters of the value found. Characters that could steer a terminal or end a line
 * are replaced, so that it may be logged and shown.
 */
public final class InvalidValue extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final int QUOTED = 80;

  public InvalidValue(String expected, String found) {
    super(expected + "; found \"" + printable(found) + "\"");
  }

  /** An error whose message says all, the value found included. */
  public InvalidValue(String message) {
    super(message);
  }

  /** A number of bytes in words. */
  public static String bytes(long number) {
    return number + (number == 1 ? " byte" : " bytes");
  }

  /** The text, cut to 80 characters, with unprintable characters replaced. */
  public static String printable(String text) {
    String cut = text.length() > QUOTED ? text.substring(0, QUOTED) + "…" : text;
    return cut.codePoints()
        .map(c -> steers(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /**
   * Whether a character could control a terminal, end a line or change its direction, or is half a
   * surrogate pair.
   */
  public static boolean steers(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
