package org.entente.gateway.feature.report;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.audit.LogArchive.Place;

/**
 * Where a page of an export begins: {@code log/index/message/in}, or {@code out} at the end.
 *
 * @param message place of a message in the leaf, from 0: a leaf may be longer than a page
 * @param within whether the last leaf before it that could be opened lies in the period; leaves
 *     that can no longer be opened are included with it. A page would otherwise read backwards
 */
record ExportCursor(Place place, int message, boolean within) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})/(\\d{1,18})/(\\d{1,9})/(in|out)");

  /** Reads the encoded form; empty if it is none. */
  static Optional<ExportCursor> parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Place place = new Place(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)));
    int message = Integer.parseInt(parts.group(3));
    return Optional.of(new ExportCursor(place, message, parts.group(4).equals("in")))
        .filter(cursor -> place.log() >= 1 && cursor.encode().equals(text));
  }

  /** The form that a page returns as {@code next}. */
  String encode() {
    return place.log() + "/" + place.index() + "/" + message + (within ? "/in" : "/out");
  }
}
