package org.entente.gateway.cli.call;

import com.google.protobuf.MessageOrBuilder;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.entente.gateway.cli.text.JsonText;
import picocli.CommandLine.Option;

/** Options of a list, newest first, of which only the beginning is shown. */
public final class ListOptions {
  private static final int PAGE = 100;

  @Option(
      names = "--most",
      defaultValue = "50",
      description = "most entries to list (default: ${DEFAULT-VALUE})")
  private int most = 50;

  @Option(names = "--json", description = "print one JSON object per line")
  private boolean json;

  /**
   * Prints the list and returns its last page.
   *
   * @param fetch fetches the page with a token, of at most this size
   * @param line an item for people
   * @param token the token of the next page; empty after the last
   * @param none what to say of an empty list
   */
  public <P, T extends MessageOrBuilder> P print(
      ClientCall call,
      BiFunction<String, Integer, P> fetch,
      Function<P, List<T>> items,
      Function<T, String> line,
      Function<P, String> token,
      String none) {
    int left = most;
    String next = "";
    P page;
    do {
      page = fetch.apply(next, Math.max(1, Math.min(PAGE, left)));
      items.apply(page).forEach(it -> call.print(json ? JsonText.of(it) : line.apply(it)));
      left -= items.apply(page).size();
      next = token.apply(page);
    } while (left > 0 && !next.isEmpty());
    if (left == most) {
      call.err().println(none);
    }
    if (!next.isEmpty()) {
      call.err().println("there may be more; raise --most");
    }
    return page;
  }
}
