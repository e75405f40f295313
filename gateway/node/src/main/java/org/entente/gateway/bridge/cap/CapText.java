package org.entente.gateway.bridge.cap;

import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.entente.gateway.bridge.format.PrintableText;
import org.entente.proto.v1.AlertText;

/**
 * Converts texts of a CAP document to the form of {@code entente.v1}. {@link CapImport} stores the
 * original if the form differs. {@link CapExport} uses the same functions to check whether the
 * message still has that text.
 */
final class CapText {
  private static final int LINE = 200;
  private static final int PLACE = 1_000;

  /** CAP 1.2 section 3.3.2: no "Z", UTC is written "-00:00". */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'-00:00'").withZone(ZoneOffset.UTC);

  /** What CAP says a block without language is in. */
  private static final String DEFAULT_LANGUAGE = "en-US";

  private CapText() {}

  /** The language of a block; CAP's default if it has none. */
  static String language(String said) {
    return said.isEmpty() ? DEFAULT_LANGUAGE : said;
  }

  /**
   * Joins lines, since documents are wrapped arbitrarily and a headline is one line of bounded
   * length.
   */
  static String line(String said, String absent) {
    return cut((said.isEmpty() ? absent : said).replaceAll("\\s+", " "), LINE);
  }

  /** The description of an area. */
  static String place(String said) {
    return cut(said, PLACE);
  }

  /** The text of an acknowledgement or cancellation without a block. */
  static AlertText withoutInfo(String messageType, String about, String note) {
    return AlertText.newBuilder()
        .setLanguage("und")
        .setHeadline(PrintableText.cut(messageType + " " + about, LINE - 1))
        .setDescription(note)
        .build();
  }

  /** A time in the form of CAP; empty for none, and for one that has no such form. */
  static String time(Timestamp time, boolean present) {
    try {
      return present ? TIME.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos())) : "";
    } catch (DateTimeException e) {
      return "";
    }
  }

  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = longest - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
