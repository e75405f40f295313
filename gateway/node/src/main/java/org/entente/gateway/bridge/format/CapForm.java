package org.entente.gateway.bridge.format;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The required form of a CAP element's text.
 *
 * @param valid the requirement, in words that complete "must be"
 * @param holds whether a text, without surrounding white space, is valid
 */
public record CapForm(String valid, Predicate<String> holds) {
  static final CapForm TEXT_OR_NOTHING = new CapForm("text", text -> true);
  static final CapForm TEXT = new CapForm("text", text -> !text.isEmpty());
  static final CapForm TOKEN = form("text without spaces, commas, < and &", "[^\\s,<&]+");
  static final CapForm LANGUAGE =
      form("a language tag such as en or fr-CA", "[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}");
  static final CapForm WHOLE_NUMBER = form("a whole number", "\\d{1,18}");
  static final CapForm NUMBER = form("a number", "[+-]?\\d{1,18}(?:\\.\\d{1,18})?");
  static final CapForm TIME =
      new CapForm("a time such as 2026-05-24T16:49:00-07:00", CapForm::isTime);
  static final CapForm POLYGON =
      new CapForm(
          "at least four \"latitude,longitude\" pairs, the last equal to the first",
          CapForm::isPolygon);
  static final CapForm CIRCLE =
      new CapForm("\"latitude,longitude radius\" with the radius in km", CapForm::isCircle);

  static final CapForm STATUS = oneOf("Actual", "Exercise", "System", "Test", "Draft");
  static final CapForm MESSAGE_TYPE = oneOf("Alert", "Update", "Cancel", "Ack", "Error");
  static final CapForm SCOPE = oneOf("Public", "Restricted", "Private");
  static final CapForm URGENCY = oneOf("Immediate", "Expected", "Future", "Past", "Unknown");
  static final CapForm SEVERITY = oneOf("Extreme", "Severe", "Moderate", "Minor", "Unknown");
  static final CapForm CERTAINTY = oneOf("Observed", "Likely", "Possible", "Unlikely", "Unknown");
  static final CapForm CERTAINTY_1_1 =
      oneOf("Observed", "Very Likely", "Likely", "Possible", "Unlikely", "Unknown");
  static final CapForm CATEGORY =
      oneOf(
          "Geo",
          "Met",
          "Safety",
          "Security",
          "Rescue",
          "Fire",
          "Health",
          "Env",
          "Transport",
          "Infra",
          "CBRNE",
          "Other");
  static final CapForm RESPONSE_TYPE =
      oneOf(
          "Shelter",
          "Evacuate",
          "Prepare",
          "Execute",
          "Avoid",
          "Monitor",
          "Assess",
          "AllClear",
          "None");

  private static final Pattern TIME_FORM =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d");
  private static final Pattern DEGREES = Pattern.compile("[+-]?\\d{1,3}(?:\\.\\d{1,18})?");
  private static final Pattern RADIUS = Pattern.compile("\\d{1,6}(?:\\.\\d{1,18})?");

  private static CapForm form(String valid, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return new CapForm(valid, text -> compiled.matcher(text).matches());
  }

  private static CapForm oneOf(String... values) {
    List<String> valid = List.of(values);
    return new CapForm("one of " + String.join(", ", valid), valid::contains);
  }

  private static boolean isTime(String text) {
    if (!TIME_FORM.matcher(text).matches()) {
      return false;
    }
    try {
      OffsetDateTime.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isPolygon(String text) {
    String[] points = text.split("\\s+", -1);
    if (points.length < 4 || !points[0].equals(points[points.length - 1])) {
      return false;
    }
    for (String point : points) {
      if (!isPoint(point)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCircle(String text) {
    String[] parts = text.split("\\s+", -1);
    return parts.length == 2 && isPoint(parts[0]) && RADIUS.matcher(parts[1]).matches();
  }

  private static boolean isPoint(String text) {
    int comma = text.indexOf(',');
    return comma > 0
        && isDegrees(text.substring(0, comma), 90)
        && isDegrees(text.substring(comma + 1), 180);
  }

  private static boolean isDegrees(String text, int most) {
    return DEGREES.matcher(text).matches() && Math.abs(Double.parseDouble(text)) <= most;
  }
}
