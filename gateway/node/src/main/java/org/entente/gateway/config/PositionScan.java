package org.entente.gateway.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.entente.gateway.model.InvalidValue;

/**
 * One pass over a file's tokens that records the position of each field and refuses anchors,
 * aliases, tags, further documents, fields without a value and numbers that are not plainly
 * decimal, because these hide a file's meaning from a reader.
 */
final class PositionScan {
  /** Most problems that are noted. */
  private static final int MOST = BindingProblems.MOST;

  /**
   * Most characters of a path such as {@code parts[0].name}. Each value's path is kept, so a small
   * file of deep nesting and long names would take much memory. The parser bounds no name in YAML.
   */
  static final int MOST_OF_A_PATH = 400;

  /** Most characters of all paths: a long name may have a list of half a million numbers. */
  static final int MOST_OF_ALL_PATHS = 8 << 20;

  /** Readers of YAML 1.1 take 010 for 8, and those of YAML 1.2 for 10. */
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");

  /** What hides the file's meaning; at least one problem. */
  static final class ScanFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient List<ConfigProblem> problems;

    ScanFailure(List<ConfigProblem> problems) {
      super(problems.get(0).toString(), null, false, false);
      this.problems = List.copyOf(problems);
    }

    List<ConfigProblem> problems() {
      return problems;
    }
  }

  private final String file;
  private final String[] lines;
  private final YAMLParser parser;
  private final Map<String, FieldPositions.Place> places = new HashMap<>();
  private final List<ConfigProblem> problems = new ArrayList<>();
  private int ofAllPaths;

  PositionScan(String file, String content, YAMLParser parser) {
    this.file = file;
    this.lines = content.split("\n", -1);
    this.parser = parser;
  }

  FieldPositions scan() throws IOException, ScanFailure {
    JsonToken token = parser.nextToken();
    if (token == null) {
      problems.add(ConfigProblem.ofFile(file, "the file is empty", "a YAML mapping"));
      throw new ScanFailure(problems);
    }
    value("", parser.currentTokenLocation());
    if (parser.nextToken() != null) {
      refuse("", "a second YAML document begins here", "one document in each file");
    }
    if (!problems.isEmpty()) {
      throw new ScanFailure(problems);
    }
    return new FieldPositions(file, places);
  }

  /** An empty value is read as an empty text; an intended empty text must be quoted. */
  private boolean isUnwrittenText(JsonLocation start) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getTextLength() > 0) {
      return false;
    }
    int line = start.getLineNr() - 1;
    int column = start.getColumnNr() - 1;
    boolean written = line < lines.length && column < lines[line].length();
    return !written || "\"'|>".indexOf(lines[line].charAt(column)) < 0;
  }

  private void value(String path, JsonLocation start) throws IOException, ScanFailure {
    requireShort(path, start);
    if (parser.isCurrentAlias() || parser.getObjectId() != null) {
      refuse(path, "a YAML anchor or alias", "the value itself, written out");
    } else if (parser.getTypeId() != null) {
      refuse(path, "a YAML tag", "the value alone, without !");
    } else if (parser.currentToken().isNumeric() && !DECIMAL.matcher(parser.getText()).matches()) {
      refuse(
          path,
          "\"" + InvalidValue.printable(parser.getText()) + "\", another number to some readers",
          "a number in decimal digits without a leading 0, such as 30; a text in quotes");
    } else if (parser.currentToken() == JsonToken.VALUE_NULL || isUnwrittenText(start)) {
      refuse(path, "nothing", "a value, or leave the field out");
    }
    note(path, start);
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      mapping(path);
    } else if (parser.currentToken() == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        value(path + "[" + i + "]", parser.currentTokenLocation());
      }
    }
  }

  private void requireShort(String path, JsonLocation start) throws ScanFailure {
    if (path.length() > MOST_OF_A_PATH) {
      throw tooLong(
          path,
          start,
          "the names up to here have " + path.length() + " characters",
          "at most " + MOST_OF_A_PATH + "; nest less deeply, or shorten the names");
    }
    ofAllPaths += path.length();
    if (ofAllPaths > MOST_OF_ALL_PATHS) {
      throw tooLong(
          path,
          start,
          "the paths of the values up to here have " + ofAllPaths + " characters in all",
          "at most " + MOST_OF_ALL_PATHS + "; split the file, or shorten the names");
    }
  }

  private ScanFailure tooLong(String path, JsonLocation start, String wrong, String valid) {
    return new ScanFailure(
        List.of(
            new ConfigProblem(
                file,
                Math.max(1, start.getLineNr()),
                Math.max(1, start.getColumnNr()),
                path,
                wrong,
                valid)));
  }

  private void mapping(String path) throws IOException, ScanFailure {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      JsonLocation key = parser.currentTokenLocation();
      String name = parser.currentName();
      String field = path.isEmpty() ? name : path + "." + name;
      parser.nextToken();
      value(field, key);
    }
  }

  private void note(String path, JsonLocation start) throws IOException {
    JsonLocation value = parser.currentTokenLocation();
    int line = Math.max(1, start.getLineNr());
    int valueLine = Math.max(1, value.getLineNr());
    places.put(
        path,
        new FieldPositions.Place(
            line,
            Math.max(1, start.getColumnNr()),
            isBlock(value) ? valueLine + 1 : valueLine,
            shape()));
  }

  private boolean isBlock(JsonLocation value) {
    int line = value.getLineNr() - 1;
    int column = value.getColumnNr() - 1;
    return line >= 0
        && line < lines.length
        && column >= 0
        && column < lines[line].length()
        && (lines[line].charAt(column) == '|' || lines[line].charAt(column) == '>');
  }

  private String shape() throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "a mapping";
      case START_ARRAY -> "a list";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      default -> "\"" + InvalidValue.printable(parser.getText()) + "\"";
    };
  }

  private void refuse(String path, String wrong, String valid) {
    if (problems.size() < MOST) {
      JsonLocation at = ((JsonParser) parser).currentTokenLocation();
      problems.add(
          new ConfigProblem(
              file,
              Math.max(1, at.getLineNr()),
              Math.max(1, at.getColumnNr()),
              path,
              wrong,
              valid));
    }
  }
}
