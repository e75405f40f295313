package org.entente.gateway.cli.call;

import com.google.protobuf.MessageOrBuilder;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.link.Backoff;
import org.entente.proto.v1.Outcome;
import picocli.CommandLine.Mixin;

/** A command that calls a gateway as one of its clients. */
public abstract class ClientCall extends PrintingCommand {
  @Mixin private GatewayAddress gateway = new GatewayAddress();

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  protected final void run() {
    gateway.call(
        channel -> {
          with(channel);
          return true;
        });
  }

  public abstract void with(ManagedChannel channel);

  /** The credentials with which it calls. */
  protected final Credentials credentials() {
    return gateway.own();
  }

  // What it prints -----------------------------------------------------------------------------

  /** Whether it prints JSON for programs instead of text for people. */
  protected final boolean json() {
    return output.json();
  }

  /**
   * Prints the gateway's answer.
   *
   * @param answer the answer, or the part of it that says what was done
   * @param lines the same for people; may be text of others
   */
  protected final void tell(MessageOrBuilder answer, String... lines) {
    Stream.of(json() ? new String[] {JsonText.of(answer)} : lines).forEach(this::print);
  }

  /** Prints the outcome of a message and returns whether it was accepted or held. */
  protected final boolean tell(Outcome outcome) {
    List<String> lines = json() ? List.of(JsonText.of(outcome)) : MessageText.lines(outcome);
    lines.forEach(this::print);
    return outcome.hasAccepted() || outcome.hasHeld();
  }

  /** A list of what the gateway has. */
  protected final <T extends MessageOrBuilder> Listing<T> listing(Columns<T> columns) {
    return listing(columns, JsonText::of);
  }

  /**
   * A list of what the gateway has.
   *
   * @param asJson an item as JSON
   */
  protected final <T> Listing<T> listing(Columns<T> columns, Function<T, String> asJson) {
    return output.listing(this, columns, asJson, "at " + gateway.address());
  }

  /** Prints a list of which the gateway has all on one page. */
  protected final <T extends MessageOrBuilder> void list(Columns<T> columns, List<T> items) {
    Listing<T> list = listing(columns);
    items.forEach(list::add);
    list.end();
  }

  /**
   * Prints a list of several pages; returns the last.
   *
   * @param first the place of the first page, and the place after the last one
   * @param fetch fetches the page at a place
   * @param next the place after a page
   */
  protected final <P, K, T extends MessageOrBuilder> P list(
      Columns<T> columns,
      K first,
      Function<K, P> fetch,
      Function<P, List<T>> items,
      Function<P, K> next) {
    Listing<T> list = listing(columns);
    P last = pages(first, fetch, items, list::add, next);
    list.end();
    return last;
  }

  /**
   * Fetches pages until one ends the list; returns the last. Waits where the gateway is overloaded.
   *
   * @param first the place of the first page, and the place after the last one
   * @param fetch fetches the page at a place
   * @param each takes each item
   * @param next the place after a page
   */
  protected final <P, K, T> P pages(
      K first,
      Function<K, P> fetch,
      Function<P, List<T>> items,
      Consumer<? super T> each,
      Function<P, K> next) {
    OverloadRetry retry = new OverloadRetry();
    K place = first;
    P page;
    do {
      K at = place;
      page = retry.call(() -> fetch.apply(at));
      items.apply(page).forEach(each);
      place = next.apply(page);
    } while (!place.equals(first));
    return page;
  }

  // What it follows ----------------------------------------------------------------------------

  /**
   * Follows a stream and reconnects when the connection is lost. Reports each loss in one line.
   *
   * @param place the position reached, in words
   * @param call makes the call from that position and returns when it ends
   */
  public final void follow(ManagedChannel channel, Supplier<String> place, Consumer<Channel> call) {
    Backoff backoff = new Backoff(ResumedStream.PAUSES, new SecureRandom());
    try {
      new ResumedStream(channel, backoff, lost -> tell(lost, place.get())).run(call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  private void tell(StatusRuntimeException lost, String place) {
    err()
        .println(
            TerminalText.printable(
                "entente: lost the stream from %s: %s; retrying from %s"
                    .formatted(gateway.address(), RpcFailures.reason(lost), place)));
    err().flush();
  }
}
