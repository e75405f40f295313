package org.entente.gateway.cli.call;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.link.Backoff;
import picocli.CommandLine.Mixin;

/** A command that calls a gateway as one of its clients. */
public abstract class ClientCall extends PrintingCommand {
  @Mixin private GatewayAddress gateway = new GatewayAddress();

  @Override
  protected final void run() {
    gateway.call(
        channel -> {
          with(channel);
          return true;
        });
  }

  public abstract void with(ManagedChannel channel);

  /**
   * Fetches pages until one ends the list; returns the last.
   *
   * @param none what to say of an empty list
   * @param first the place of the first page, and the place after the last one
   * @param fetch fetches the page at a place
   * @param each takes each item
   * @param next the place after a page
   */
  protected final <P, K, T> P pages(
      String none,
      K first,
      Function<K, P> fetch,
      Function<P, List<T>> items,
      Consumer<? super T> each,
      Function<P, K> next) {
    K place = first;
    boolean empty = true;
    P page;
    do {
      page = fetch.apply(place);
      items.apply(page).forEach(each);
      empty &= items.apply(page).isEmpty();
      place = next.apply(page);
    } while (!place.equals(first));
    if (empty) {
      err().println(none);
    }
    return page;
  }

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
