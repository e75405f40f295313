package org.entente.gateway.rpc.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.link.Timers;

/**
 * Paces the streams of clients. Each request on a stream is charged to its client's account. Beyond
 * the rate, the next requests wait at the client, by flow control, until the debt is paid. All
 * streams of a client share the debt, and none ends for it. Safe for many threads.
 */
public final class RequestPace implements ServerInterceptor {
  private final Timers timers;

  public RequestPace(Timers timers) {
    this.timers = timers;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    Account account = Caller.account();
    ServerCall<Q, A> paced =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void request(int messages) {
            long wait = account.charge(Work.REQUESTS, 0);
            if (wait == 0) {
              super.request(messages);
            } else {
              timers.after(Duration.ofNanos(wait), () -> super.request(messages));
            }
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(paced, headers)) {
      @Override
      public void onMessage(Q message) {
        long unused = account.charge(Work.REQUESTS, 1);
        super.onMessage(message);
      }
    };
  }
}
