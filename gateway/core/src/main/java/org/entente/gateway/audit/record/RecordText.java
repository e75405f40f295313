package org.entente.gateway.audit.record;

import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/** Lengths of the texts in an audit record. */
final class RecordText {
  private RecordText() {}

  /** A text of at most so many characters; a longer one ends with "…". */
  static String cut(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
  }

  static void require(String what, @Nullable String text, int least, int most) {
    int length = text == null ? -1 : text.codePointCount(0, text.length());
    if (length < least || length > most) {
      throw new InvalidValue(
          "an audit record's " + what + " has " + least + " to " + most + " characters",
          length + " characters");
    }
  }
}
