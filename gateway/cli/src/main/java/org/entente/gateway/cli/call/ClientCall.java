package org.entente.gateway.cli.call;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.util.function.Consumer;
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
