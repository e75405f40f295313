package org.entente.gateway.config;

import java.util.Map;

/** The position of each field in a file. Immutable. */
public final class FieldPositions {
  /**
   * The position of one field.
   *
   * @param line line from 1
   * @param column column from 1
   * @param textLine line on which the field's text begins: the same line, or the next one for a
   *     block of lines
   * @param shape the kind of value in words, such as "a list"; a text as it stands, in quotes
   */
  record Place(int line, int column, int textLine, String shape) {}

  private final String file;
  private final Map<String, Place> places;

  FieldPositions(String file, Map<String, Place> places) {
    this.file = file;
    this.places = Map.copyOf(places);
  }

  /** Positions for an empty file: every problem is on its first line. */
  public static FieldPositions none(String file) {
    return new FieldPositions(file, Map.of());
  }

  /** The file as it was named. */
  public String file() {
    return file;
  }

  /** A problem of a field; placed at the nearest enclosing one if the field is absent. */
  public ConfigProblem problem(String field, String wrong, String valid) {
    Place place = nearest(field);
    return new ConfigProblem(file, place.line(), place.column(), field, wrong, valid);
  }

  /** A problem on a line, from 1, of a text that is a field's value. */
  public ConfigProblem problemInText(String field, int textLine, String wrong, String valid) {
    Place place = nearest(field);
    int line = place.textLine() + textLine - 1;
    return new ConfigProblem(file, line, place.column(), field, wrong, valid);
  }

  /** The line, from 1, of a field or of the nearest one around it. */
  public int line(String field) {
    return nearest(field).line();
  }

  /** Whether the file contains the field. */
  public boolean has(String field) {
    return places.containsKey(field);
  }

  String shape(String field) {
    Place place = places.get(field);
    return place == null ? "nothing" : place.shape();
  }

  private Place nearest(String field) {
    String path = field;
    while (true) {
      Place place = places.get(path);
      if (place != null) {
        return place;
      }
      if (path.isEmpty()) {
        return new Place(1, 1, 1, "nothing");
      }
      path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }
  }
}
