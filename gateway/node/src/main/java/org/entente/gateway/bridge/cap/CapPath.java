package org.entente.gateway.bridge.cap;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Maps a field of a draft to the element of the CAP document that it comes from, for reports. */
final class CapPath {
  private static final Map<String, String> ELEMENTS =
      Map.of(
          "sender_name", "senderName",
          "polygons", "polygon",
          "circles", "circle",
          "geocodes", "geocode");

  private static final Pattern TEXT =
      Pattern.compile("body\\.alert\\.texts\\[\\d+]\\.(\\w+)(?:\\[\\d+])?");
  private static final Pattern AREA =
      Pattern.compile("body\\.alert\\.areas\\[\\d+]\\.(\\w+)(?:\\[\\d+])?");
  private static final Pattern KEPT =
      Pattern.compile("body\\.alert\\.extra\\.cap\\.([A-Za-z]+).*", Pattern.DOTALL);

  private CapPath() {}

  /** The element's path, or the field itself if no element corresponds to it. */
  static String of(String field) {
    Matcher text = TEXT.matcher(field);
    if (text.matches()) {
      return "alert/info/" + element(String.valueOf(text.group(1)));
    }
    Matcher area = AREA.matcher(field);
    if (area.matches()) {
      String name = String.valueOf(area.group(1));
      return "alert/info/area/" + (name.equals("description") ? "areaDesc" : element(name));
    }
    Matcher kept = KEPT.matcher(field);
    if (kept.matches()) {
      return "alert/" + kept.group(1);
    }
    return switch (field) {
      case "body.alert.texts" -> "alert/info";
      case "body.alert.areas" -> "alert/info/area";
      default ->
          field.startsWith("body.alert.extra") || field.startsWith("body.alert.subjects")
              ? "alert/info/parameter"
              : field;
    };
  }

  private static String element(String field) {
    return ELEMENTS.getOrDefault(field, field);
  }
}
