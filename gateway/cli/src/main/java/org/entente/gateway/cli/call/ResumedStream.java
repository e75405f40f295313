package org.entente.gateway.cli.call;

import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.client.ConnectionErrorText;
import org.entente.gateway.link.Backoff;

/**
 * A stream of a gateway's answers that goes on over losses of its connection. The first attempt
 * must reach the gateway; after that, each loss is told once and tried to mend until the gateway
 * answers or refuses for good. Pauses double from {@link #PAUSES}' shortest to its longest, each
 * cut at random by up to a half. Used by one thread.
 */
final class ResumedStream {
  /** Shortest and longest pause between attempts. */
  static final Backoff.Bounds PAUSES =
      new Backoff.Bounds(Duration.ofMillis(250), Duration.ofSeconds(15));

  private final ManagedChannel channel;
  private final Backoff backoff;
  private final Consumer<StatusRuntimeException> lost;

  /**
   * A stream over a channel.
   *
   * @param lost told of each loss, once
   */
  ResumedStream(ManagedChannel channel, Backoff backoff, Consumer<StatusRuntimeException> lost) {
    this.channel = channel;
    this.backoff = backoff;
    this.lost = lost;
  }

  /**
   * Makes a call again and again until the gateway ends it.
   *
   * @param call makes it from the place that was reached, and returns at its end
   * @throws StatusRuntimeException for what no further attempt can mend
   */
  void run(Consumer<Channel> call) throws InterruptedException {
    boolean begun = false;
    boolean told = false;
    while (true) {
      ReachabilityInterceptor hearing = new ReachabilityInterceptor();
      try {
        call.accept(ClientInterceptors.intercept(channel, hearing));
        return;
      } catch (StatusRuntimeException e) {
        boolean ran = hearing.heard || (hearing.connected && RpcFailures.info(e).isEmpty());
        begun |= ran;
        if (!begun || isFinal(e)) {
          throw e;
        }
        if (hearing.heard) {
          backoff.reset();
        }
        if (ran || !told) {
          lost.accept(e);
          told = true;
        }
        TimeUnit.NANOSECONDS.sleep(backoff.next().toNanos());
        channel.resetConnectBackoff();
      }
    }
  }

  /** Whether another attempt would fail in the same way. */
  static boolean isFinal(StatusRuntimeException failure) {
    Optional<ErrorInfo> info = RpcFailures.info(failure);
    if (info.isPresent()) {
      // Two that take one cursor over from each other would never end.
      return !Boolean.parseBoolean(info.get().getMetadataOrDefault("retry", ""))
          || info.get().getReason().equals("CURSOR_TAKEN_OVER");
    }
    Throwable cause = failure.getStatus().getCause();
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE -> cause != null && ConnectionErrorText.isOfCertificates(cause);
      // A server that stops ends what still runs by a reset of the stream.
      case CANCELLED -> false;
      default -> true;
    };
  }

  /** Whether a call reached a gateway, and whether that answered. */
  private static final class ReachabilityInterceptor implements ClientInterceptor {
    private volatile boolean connected;
    private volatile boolean heard;

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(noting(listener, this), headers);
        }
      };
    }

    private <A> ClientCall.Listener<A> noting(
        ClientCall.Listener<A> listener, ClientCall<?, A> call) {
      return new SimpleForwardingClientCallListener<>(listener) {
        @Override
        public void onMessage(A message) {
          heard = true;
          super.onMessage(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
          connected = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION) != null;
          super.onClose(status, trailers);
        }
      };
    }
  }
}
