package org.entente.gateway.cli.call;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.entente.gateway.cli.text.TerminalText;
import org.jspecify.annotations.Nullable;

/**
 * A list on its way to the terminal, the same for every command. As JSON each item is printed at
 * once, on a line of its own. For people the items are printed together as a table, whose headline
 * says how many there are and where. The headline is on standard error, so that standard output
 * holds the table alone, or nothing if there are no items. Used by one thread.
 *
 * @param <T> the items
 */
public final class Listing<T> {
  private final PrintingCommand command;
  private final Columns<T> columns;
  private final @Nullable Function<T, String> json;
  private final String place;
  private final List<T> items = new ArrayList<>();

  /**
   * A list without items.
   *
   * @param json an item as JSON; null to print for people
   * @param place where the items are, as in {@code at 127.0.0.1:7441}
   */
  Listing(
      PrintingCommand command,
      Columns<T> columns,
      @Nullable Function<T, String> json,
      String place) {
    this.command = command;
    this.columns = columns;
    this.json = json;
    this.place = place;
  }

  /** Adds an item. */
  public void add(T item) {
    if (json != null) {
      command.out().println(json.apply(item));
    } else {
      items.add(item);
    }
  }

  /** Prints what is not printed yet. */
  public void end() {
    end("");
  }

  /**
   * Prints what is not printed yet.
   *
   * @param more what the headline says besides; may be empty
   */
  public void end(String more) {
    if (json == null) {
      String headline = columns.counted(items.size()) + " " + place;
      command
          .err()
          .println(TerminalText.printable(more.isEmpty() ? headline : headline + "; " + more));
      command.err().flush();
      columns.table(items).forEach(command.out()::println);
    }
    command.out().flush();
  }
}
