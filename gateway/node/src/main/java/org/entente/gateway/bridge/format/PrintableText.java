package org.entente.gateway.bridge.format;

import org.entente.gateway.model.InvalidValue;

/** Makes text of a record safe to show in a report. */
public final class PrintableText {
  private static final int QUOTED = 60;

  private PrintableText() {}

  /** The text with control and format characters replaced, cut to {@code most} characters. */
  public static String cut(String text, int most) {
    StringBuilder out = new StringBuilder();
    int count = 0;
    for (int at = 0; at < text.length(); count++) {
      if (count == most) {
        return out.append('…').toString();
      }
      int c = text.codePointAt(at);
      out.appendCodePoint(InvalidValue.steers(c) ? '?' : c);
      at += Character.charCount(c);
    }
    return out.toString();
  }

  /** A short piece of the text in quotation marks. */
  public static String quote(String text) {
    return "\"" + cut(text, QUOTED) + "\"";
  }
}
