package org.entente.gateway.cli.call;

import java.util.function.Function;
import picocli.CommandLine.Option;

/** Option that makes a command print JSON for programs instead of text for people. */
public final class OutputOptions {
  @Option(names = "--json", description = "print JSON, one object on each line")
  private boolean json;

  /** Whether the command prints JSON. */
  public boolean json() {
    return json;
  }

  /**
   * A list to print.
   *
   * @param asJson an item as JSON
   * @param place where the items are, as in {@code in /var/lib/entente/fr.customs/node.yaml}
   */
  public <T> Listing<T> listing(
      PrintingCommand command, Columns<T> columns, Function<T, String> asJson, String place) {
    return new Listing<>(command, columns, json ? asJson : null, place);
  }
}
