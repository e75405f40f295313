package org.entente.gateway.cli.call;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.cli.text.TextTable;

/**
 * The columns of a list for people: headings, and what stands under each for an item. Immutable.
 *
 * @param <T> the items
 */
public final class Columns<T> {
  private record Column<T>(String heading, Function<T, String> text) {}

  private final String one;
  private final String many;
  private final List<Column<T>> columns;

  private Columns(String one, String many, List<Column<T>> columns) {
    this.one = one;
    this.many = many;
    this.columns = List.copyOf(columns);
  }

  /**
   * No columns yet.
   *
   * @param one the word for an item
   * @param many the word for several or none
   */
  public static <T> Columns<T> of(String one, String many) {
    return new Columns<>(one, many, List.of());
  }

  /** These columns and a further one to their right. */
  public Columns<T> with(String heading, Function<T, String> text) {
    List<Column<T>> more = new ArrayList<>(columns);
    more.add(new Column<>(heading, text));
    return new Columns<>(one, many, more);
  }

  /** The table of items, its headings first; no lines without items. */
  List<String> table(List<T> items) {
    return TextTable.lines(
        columns.stream().map(Column::heading).toList(), items.stream().map(this::row).toList());
  }

  /** An item on one line of its own, for what is printed as it arrives. */
  public String line(T item) {
    return row(item).stream().filter(cell -> !cell.isEmpty()).collect(Collectors.joining("  "));
  }

  private List<String> row(T item) {
    return columns.stream().map(column -> column.text().apply(item)).toList();
  }

  /** How many, in words: {@code no holds}, {@code 1 hold}, {@code 2 holds}. */
  String counted(int count) {
    return (count == 0 ? "no" : String.valueOf(count)) + " " + (count == 1 ? one : many);
  }
}
