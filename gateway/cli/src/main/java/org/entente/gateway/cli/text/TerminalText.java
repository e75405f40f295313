package org.entente.gateway.cli.text;

import java.util.HexFormat;
import org.entente.gateway.model.InvalidValue;

/** Makes text of others safe for a terminal and for readers of lines. */
public final class TerminalText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private TerminalText() {}

  /**
   * The text with a question mark for each character that could control the terminal, end the line
   * or change its direction, and for half a surrogate pair.
   */
  public static String printable(String text) {
    return text.codePoints()
        .map(c -> InvalidValue.steers(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /**
   * JSON of the same meaning without characters that could do that, and without those that show
   * nothing. Beyond ASCII, and for the delete character, JSON has characters in strings only, where
   * an escape means the same.
   *
   * @param json JSON on one line
   */
  static String escaped(String json) {
    StringBuilder out = null;
    int at = 0;
    while (at < json.length()) {
      int point = json.codePointAt(at);
      int next = at + Character.charCount(point);
      if (InvalidValue.steers(point) || isUnknown(point)) {
        out = out == null ? new StringBuilder(json.length() + 64).append(json, 0, at) : out;
        for (int i = at; i < next; i++) {
          out.append("\\u").append(HEX.toHexDigits(json.charAt(i)));
        }
      } else if (out != null) {
        out.appendCodePoint(point);
      }
      at = next;
    }
    return out == null ? json : out.toString();
  }

  private static boolean isUnknown(int point) {
    int type = Character.getType(point);
    return type == Character.PRIVATE_USE || type == Character.UNASSIGNED;
  }
}
