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
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.client.ConnectionErrorText;
import org.entente.gateway.link.Backoff;

/**
 * A stream of a gateway's answers that reconnects when its connection is lost. The first attempt
 * must reach the gateway. After that, each loss is reported once, and the stream retries until the
 * gateway answers or refuses permanently. Pauses double from the shortest to the longest of {@link
 * #PAUSES}, each shortened at random by up to half. Used by one thread.
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
   * @param lost called once for each loss
   */
  ResumedStream(ManagedChannel channel, Backoff backoff, Consumer<StatusRuntimeException> lost) {
    this.channel = channel;
    this.backoff = backoff;
    this.lost = lost;
  }

  /**
   * Repeats a call until the gateway ends it.
   *
   * @param call makes the call from the position reached and returns when it ends
   * @throws StatusRuntimeException if no further attempt can succeed
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
      // Two commands that take one cursor over from each other would never end.
      return !Boolean.parseBoolean(info.get().getMetadataOrDefault("retry", ""))
          || info.get().getReason().equals("CURSOR_TAKEN_OVER");
    }
    Throwable cause = failure.getStatus().getCause();
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE -> cause != null && ConnectionErrorText.isOfCertificates(cause);
      // A call on a connection that was just lost has its cause at this end.
      case UNKNOWN -> !(cause instanceof IOException);
      // A server that stops resets the streams that are still open.
      case CANCELLED -> false;
      default -> true;
    };
  }

  /** Notes whether a call reached a gateway and whether the gateway answered. */
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
