package org.entente.gateway.config;

import org.entente.gateway.model.InvalidValue;

/**
 * A problem in a configuration file that an operator can act on.
 *
 * <p>Its texts may quote the file; unprintable characters and line breaks are replaced.
 *
 * @param file the file as it was named
 * @param line line from 1; 0 for the file as a whole
 * @param column column from 1; 0 for the file as a whole
 * @param field path of the field, such as {@code parties[0].agency}; empty for the whole file; cut
 *     after 80 characters
 * @param wrong the value found
 * @param valid the valid values; empty if there is nothing to add
 */
public record ConfigProblem(
    String file, int line, int column, String field, String wrong, String valid) {

  public ConfigProblem {
    field = InvalidValue.printable(field);
    wrong = oneLine(wrong);
    valid = oneLine(valid);
  }

  private static String oneLine(String text) {
    return text.codePoints().allMatch(ConfigProblem::prints)
        ? text
        : text.codePoints()
            .map(c -> prints(c) ? c : c == '\n' ? ' ' : '?')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  private static boolean prints(int c) {
    return !InvalidValue.steers(c);
  }

  /** A problem with the file as a whole. */
  public static ConfigProblem ofFile(String file, String wrong, String valid) {
    return new ConfigProblem(file, 0, 0, "", wrong, valid);
  }

  /** One line: {@code file:line:column: field: wrong; valid: …}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(file);
    if (line > 0) {
      out.append(':').append(line).append(':').append(column);
    }
    if (!field.isEmpty()) {
      out.append(": ").append(field);
    }
    out.append(": ").append(wrong);
    if (!valid.isEmpty()) {
      out.append("; valid: ").append(valid);
    }
    return out.toString();
  }
}
