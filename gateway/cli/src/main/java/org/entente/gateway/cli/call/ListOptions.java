package org.entente.gateway.cli.call;

import com.google.protobuf.MessageOrBuilder;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Option of a list, newest first, of which only the beginning is shown. */
public final class ListOptions {
  private static final int PAGE = 100;

  @Option(
      names = "--most",
      defaultValue = "50",
      paramLabel = "N",
      description = "most entries to list (default: ${DEFAULT-VALUE})")
  private int most = 50;

  /**
   * Prints the list and returns its last page.
   *
   * @param fetch fetches the page with a token, of at most this size
   * @param token the token of the next page; empty after the last
   */
  public <P, T extends MessageOrBuilder> P print(
      ClientCall call,
      Columns<T> columns,
      BiFunction<String, Integer, P> fetch,
      Function<P, List<T>> items,
      Function<P, String> token) {
    OverloadRetry retry = new OverloadRetry();
    Listing<T> list = call.listing(columns);
    int left = most;
    String next = "";
    P page;
    do {
      String at = next;
      int size = Math.max(1, Math.min(PAGE, left));
      page = retry.call(() -> fetch.apply(at, size));
      items.apply(page).forEach(list::add);
      left -= items.apply(page).size();
      next = token.apply(page);
    } while (left > 0 && !next.isEmpty());
    list.end();
    if (!next.isEmpty()) {
      call.err().println("there may be more than " + most + "; raise --most");
    }
    return page;
  }
}
