package org.entente.gateway.model;

/**
 * A text or number that does not have the form of the type it was meant for. The message says what
 * the form is and quotes at most 80 characters of what was found, with control characters replaced,
 * so that it may be logged and shown.
 */
public final class InvalidValue extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final int QUOTED = 80;

  public InvalidValue(String expected, String found) {
    super(expected + "; found \"" + printable(found) + "\"");
  }

  /** The text, cut to 80 characters, with anything but printable characters replaced. */
  public static String printable(String text) {
    String cut = text.length() > QUOTED ? text.substring(0, QUOTED) + "…" : text;
    return cut.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
