package org.entente.gateway.config;

/**
 * One problem of a configuration file, as a value that an operator can act on.
 *
 * <p>Its texts may quote the file; what does not print, or would break the line, is replaced.
 *
 * @param file the file as it was named
 * @param line line from 1; 0 where the file as a whole is meant
 * @param column column from 1; 0 where the file as a whole is meant
 * @param field path of the field, such as {@code parties[0].agency}; empty for the whole file
 * @param wrong what was found
 * @param valid what would be valid; empty where that says nothing more
 */
public record ConfigProblem(
    String file, int line, int column, String field, String wrong, String valid) {

  public ConfigProblem {
    field = oneLine(field);
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
    return !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
  }

  /** A problem of the file as a whole. */
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
