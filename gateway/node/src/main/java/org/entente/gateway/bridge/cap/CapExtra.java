package org.entente.gateway.bridge.cap;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.proto.v1.Alert;

/**
 * The parts of a CAP document that an alert's {@code extra} stores, by key. A value longer than an
 * entry may be ({@value #LONGEST} UTF-16 units) continues in entries named {@code KEY+1}, {@code
 * KEY+2} and so on.
 */
final class CapExtra {
  static final String EXTRA = "cap.";
  static final String INFO = "cap.info.";

  /** Elements of the alert that are kept as they are; repeated ones as lines. */
  static final List<String> KEPT =
      List.of(
          "identifier",
          "sender",
          "sent",
          "source",
          "scope",
          "restriction",
          "addresses",
          "code",
          "note",
          "references",
          "incidents");

  private static final int LONGEST = 20_000;
  private static final Pattern PART = Pattern.compile("(.*)\\+\\d{1,2}", Pattern.DOTALL);
  private static final Pattern BLOCK = Pattern.compile(Pattern.quote(INFO) + "\\d{1,2}");

  private CapExtra() {}

  static void put(Alert.Builder alert, String key, String value) {
    int at = 0;
    int part = 0;
    do {
      int end = Math.min(value.length(), at + LONGEST);
      if (end < value.length() && Character.isHighSurrogate(value.charAt(end - 1))) {
        end--;
      }
      alert.putExtra(part == 0 ? key : key + "+" + part, value.substring(at, end));
      at = end;
      part++;
    } while (at < value.length());
  }

  /** The value, or the default if there is none. */
  static String get(Alert alert, String key, String absent) {
    if (!alert.containsExtra(key)) {
      return absent;
    }
    StringBuilder out = new StringBuilder(alert.getExtraOrThrow(key));
    for (int part = 1; alert.containsExtra(key + "+" + part); part++) {
      out.append(alert.getExtraOrThrow(key + "+" + part));
    }
    return out.toString();
  }

  /** Whether {@link CapImport} could have written an entry of that name. */
  static boolean isOne(String entry) {
    Matcher part = PART.matcher(entry);
    String key = part.matches() ? String.valueOf(part.group(1)) : entry;
    return key.startsWith(EXTRA)
        && (BLOCK.matcher(key).matches() || KEPT.contains(key.substring(EXTRA.length())));
  }
}
