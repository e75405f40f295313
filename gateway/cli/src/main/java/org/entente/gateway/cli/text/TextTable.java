package org.entente.gateway.cli.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of text in columns of fitting width, two spaces apart. A column that is empty in every row
 * is left out. Pure.
 */
public final class TextTable {
  private TextTable() {}

  /**
   * The lines of a table, its headings first; none without rows. Each cell becomes one line without
   * control characters.
   *
   * @param headings one for each column; may be empty
   * @param rows each with one cell for each column
   */
  public static List<String> lines(List<String> headings, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    List<List<String>> all = new ArrayList<>();
    all.add(headings);
    rows.forEach(row -> all.add(row.stream().map(TerminalText::printable).toList()));
    int[] widths = IntStream.range(0, headings.size()).map(column -> width(all, column)).toArray();
    return all.stream().map(row -> padded(row, widths)).toList();
  }

  /** The width of a column, 0 if nothing stands in it. */
  private static int width(List<List<String>> rows, int column) {
    boolean empty = rows.stream().skip(1).allMatch(row -> row.get(column).isEmpty());
    return empty ? 0 : rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String padded(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      if (widths[column] > 0) {
        String cell = row.get(column);
        line.append(line.isEmpty() ? "" : "  ")
            .append(cell)
            .append(" ".repeat(widths[column] - length(cell)));
      }
    }
    return line.toString().stripTrailing();
  }
}
