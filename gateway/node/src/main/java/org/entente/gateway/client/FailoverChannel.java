package org.entente.gateway.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.model.Code;

/**
 * A channel to a gateway that is at one of several addresses. A call goes to the address in use.
 * One that does not reach the gateway, or is refused with {@link Code#NOT_LEADER}, fails, and later
 * calls go to the next address, round and round. No call is repeated here: only its maker knows
 * whether it may be. Thread-safe.
 */
final class FailoverChannel extends ManagedChannel {
  /** How long an address may take to say that its gateway serves. */
  private static final int LOOK_SECONDS = 3;

  private final List<ManagedChannel> channels;
  private int current;

  /**
   * @param channels one for each address, in the order in which they are tried; closed with this
   *     one
   */
  FailoverChannel(List<ManagedChannel> channels) {
    this.channels = List.copyOf(channels);
  }

  /**
   * Uses the first address where a gateway serves; without one, the first that answers at all, so
   * that calls say why. Waits at most 3 seconds for each.
   */
  FailoverChannel look() {
    int answers = -1;
    for (int at = 0; at < channels.size(); at++) {
      try {
        ServingStatus status =
            HealthGrpc.newBlockingStub(channels.get(at))
                .withDeadlineAfter(LOOK_SECONDS, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
        if (status == ServingStatus.SERVING) {
          use(at);
          return this;
        }
        answers = answers < 0 ? at : answers;
      } catch (StatusRuntimeException e) {
        answers = answers < 0 && ErrorDetails.of(e).isPresent() ? at : answers;
      }
    }
    use(Math.max(answers, 0));
    return this;
  }

  private synchronized void use(int at) {
    current = at;
  }

  private synchronized int current() {
    return current;
  }

  private synchronized void leave(int failed) {
    if (failed == current) {
      current = (failed + 1) % channels.size();
    }
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    int at = current();
    return new SimpleForwardingClientCall<>(channels.get(at).newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                ended(at, status, trailers);
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }

  private void ended(int at, Status status, Metadata trailers) {
    boolean elsewhere =
        ErrorDetails.of(status.asRuntimeException(trailers))
            .map(info -> info.getReason().equals(Code.NOT_LEADER.name()))
            .orElse(
                status.getCode() == Status.Code.UNAVAILABLE
                    || status.getCause() instanceof IOException);
    if (elsewhere) {
      leave(at);
    }
  }

  /** The address in use. */
  @Override
  public String authority() {
    return channels.get(current()).authority();
  }

  @Override
  public void resetConnectBackoff() {
    channels.forEach(ManagedChannel::resetConnectBackoff);
  }

  @Override
  public ManagedChannel shutdown() {
    channels.forEach(ManagedChannel::shutdown);
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    channels.forEach(ManagedChannel::shutdownNow);
    return this;
  }

  @Override
  public boolean isShutdown() {
    return channels.stream().allMatch(ManagedChannel::isShutdown);
  }

  @Override
  public boolean isTerminated() {
    return channels.stream().allMatch(ManagedChannel::isTerminated);
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(timeout);
    for (ManagedChannel channel : channels) {
      if (!channel.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }
}
