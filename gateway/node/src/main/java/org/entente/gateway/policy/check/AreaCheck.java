package org.entente.gateway.policy.check;

import java.util.List;
import java.util.regex.Pattern;
import org.entente.gateway.text.TextRule;
import org.entente.proto.v1.Area;

/** Checks places: WGS 84 shapes as written in CAP 1.2 section 3.2.4. */
final class AreaCheck {
  private static final int MAX_AREAS = 64;
  private static final int MAX_SHAPES = 100;
  private static final int MAX_GEOCODES = 1_000;
  private static final int MAX_POLYGON = 20_000;

  /** A number of at most 20 characters; the pattern cannot backtrack. */
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,6}(?:\\.[0-9]{0,12})?");

  private static final Pattern GEOCODE = Pattern.compile("[^=]{1,100}=.{1,200}");

  private final ValidationErrors findings;

  AreaCheck(ValidationErrors findings) {
    this.findings = findings;
  }

  void all(String field, List<Area> areas) {
    if (!findings.count(field, areas.size(), MAX_AREAS)) {
      return;
    }
    for (int i = 0; i < areas.size() && !findings.full(); i++) {
      area(field + "[" + i + "]", areas.get(i));
    }
  }

  private void area(String field, Area area) {
    findings.known(field, area);
    findings.text(field + ".description", area.getDescription(), 1_000);
    if (findings.count(field + ".polygons", area.getPolygonsCount(), MAX_SHAPES)) {
      for (int i = 0; i < area.getPolygonsCount() && !findings.full(); i++) {
        polygon(field + ".polygons[" + i + "]", area.getPolygons(i));
      }
    }
    if (findings.count(field + ".circles", area.getCirclesCount(), MAX_SHAPES)) {
      for (int i = 0; i < area.getCirclesCount() && !findings.full(); i++) {
        circle(field + ".circles[" + i + "]", area.getCircles(i));
      }
    }
    if (findings.count(field + ".geocodes", area.getGeocodesCount(), MAX_GEOCODES)) {
      for (int i = 0; i < area.getGeocodesCount() && !findings.full(); i++) {
        geocode(field + ".geocodes[" + i + "]", area.getGeocodes(i));
      }
    }
  }

  private void geocode(String field, String text) {
    findings.check(
        GEOCODE.matcher(text).matches(),
        field,
        "must be SCHEME=value, with at most 100 and 200 characters");
    findings.shows(field, text, TextRule.LINE);
  }

  private void polygon(String field, String text) {
    if (text.length() > MAX_POLYGON) {
      findings.invalid(field, "is longer than " + MAX_POLYGON + " characters");
      return;
    }
    String[] points = text.strip().split("\\s+", -1);
    boolean valid = points.length >= 4 && points[0].equals(points[points.length - 1]);
    for (int i = 0; valid && i < points.length; i++) {
      valid = isPoint(points[i]);
    }
    findings.check(
        valid, field, "must be at least four \"lat,lon\" pairs, the last equal to the first");
  }

  private void circle(String field, String text) {
    boolean valid = false;
    if (text.length() <= 100) {
      String[] parts = text.strip().split("\\s+", -1);
      valid = parts.length == 2 && isPoint(parts[0]) && within(parts[1], 0, 20_100);
    }
    findings.check(valid, field, "must be \"lat,lon radius\" with the radius in kilometres");
  }

  private static boolean isPoint(String text) {
    int comma = text.indexOf(',');
    return comma > 0
        && within(text.substring(0, comma), -90, 90)
        && within(text.substring(comma + 1), -180, 180);
  }

  private static boolean within(String number, double least, double most) {
    if (!NUMBER.matcher(number).matches()) {
      return false;
    }
    double value = Double.parseDouble(number);
    return value >= least && value <= most;
  }
}
