package org.entente.gateway.rpc.server;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.tls.ConnectionIdentities;

/**
 * What every call of a server passes before any of its messages is read: it is refused unless its
 * connection's certificates identify the caller under the trust bundle in force now, the caller may
 * make calls here, and it has not as many as it may have; its service finds the caller in the
 * context; it ends with details when the service throws, and when the caller's identity no longer
 * holds.
 */
public final class CallGuard implements ServerInterceptor {
  private final ConnectionIdentities connections;
  private final BiFunction<Context, Identified, Context> context;
  private final Meters meters;
  private final Meters.Side side;
  private final CallerShares shares;
  private final Connections ports;
  private final OpenCalls open;

  /**
   * Creates the guard of one server.
   *
   * @param context what a call by a caller carries
   * @param shares which callers may make calls, and how many
   * @param ports the connections of the server
   */
  public CallGuard(
      ConnectionIdentities connections,
      BiFunction<Context, Identified, Context> context,
      Meters meters,
      Meters.Side side,
      CallerShares shares,
      Connections ports) {
    this.ports = ports;
    this.connections = connections;
    this.context = context;
    this.meters = meters;
    this.side = side;
    this.shares = shares;
    this.open = new OpenCalls(shares);
  }

  /** The open calls. */
  OpenCalls open() {
    return open;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return connections
        .identify(call.getAttributes())
        .then(caller -> Result.unless(shares.refusal().apply(caller), () -> Result.done(caller)))
        .fold(
            caller -> admitted(call, headers, next, caller),
            problem -> refuseCaller(call, problem));
  }

  private <Q, A> ServerCall.Listener<Q> refuseCaller(ServerCall<Q, A> call, Problem problem) {
    ServerCall.Listener<Q> refused = refuse(call, problem);
    ports.callRefused(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), problem);
    return refused;
  }

  private <Q, A> ServerCall.Listener<Q> admitted(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next, Identified caller) {
    GuardedCall<Q, A> guarded = new GuardedCall<>(call, caller, open::remove);
    if (!open.add(guarded)) {
      return refuse(
          call,
          new Problem(
              Code.OVERLOADED,
              "",
              "this caller already has the most open calls allowed; end one or try again later"));
    }
    // Trust may have changed, and open calls been rechecked, before this one was added.
    Optional<Problem> meanwhile = connections.identify(call.getAttributes()).refusal();
    if (meanwhile.isPresent()) {
      open.remove(guarded);
      return refuseCaller(call, meanwhile.get());
    }
    count(guarded);
    try {
      Context known = Caller.paying(context.apply(Context.current(), caller), shares.of(caller));
      return new Listener<>(
          guarded, Contexts.interceptCall(Caller.traced(known, headers), guarded, headers, next));
    } catch (RuntimeException e) {
      end(guarded, e);
      return new Listener<>(guarded, new ServerCall.Listener<>() {});
    }
  }

  /** Lets the account of the caller hold the bytes of the call's messages. */
  private void count(GuardedCall<?, ?> call) {
    InboundCount bytes = MessageBuffers.of(Context.current());
    if (bytes == null) {
      return;
    }
    if (side == Meters.Side.CLIENT) {
      // The server limits the size of each message, of the first one as of others.
      bytes.allow(Integer.MAX_VALUE);
      call.countAnswers(bytes);
      if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
        bytes.untilWhole();
      }
    }
    if (call.getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY) {
      call.countAnswers(bytes);
    }
    bytes.belongsTo(shares.of(call.caller()), shares.full(), call::end);
  }

  private <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Problem problem) {
    meters.refused(side, problem.code());
    StatusRuntimeException status = StatusMapper.exception(problem);
    call.close(
        status.getStatus(), Objects.requireNonNullElseGet(status.getTrailers(), Metadata::new));
    return new ServerCall.Listener<>() {};
  }

  private void end(GuardedCall<?, ?> call, RuntimeException failure) {
    if (failure instanceof StatusRuntimeException refusal) {
      meters.refused(side, StatusMapper.code(refusal));
      call.end(refusal);
    } else {
      Problem problem = CallFailureMapper.problem(failure);
      meters.refused(side, problem.code());
      call.end(problem);
    }
  }

  /** Passes events on, ends the call when the service throws, and removes it at its end. */
  private final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {
    private final GuardedCall<Q, ?> call;

    Listener(GuardedCall<Q, ?> call, ServerCall.Listener<Q> service) {
      super(service);
      this.call = call;
    }

    private void guarded(Runnable event) {
      try {
        event.run();
      } catch (RuntimeException e) {
        end(call, e);
      }
    }

    @Override
    public void onMessage(Q message) {
      if (!call.wasEnded()) {
        guarded(() -> super.onMessage(message));
      }
    }

    @Override
    public void onHalfClose() {
      if (!call.wasEnded()) {
        guarded(super::onHalfClose);
      }
    }

    @Override
    public void onReady() {
      call.ready();
      if (!call.wasEnded()) {
        guarded(super::onReady);
      }
    }

    @Override
    public void onCancel() {
      open.remove(call);
      guarded(super::onCancel);
    }

    @Override
    public void onComplete() {
      open.remove(call);
      // A service that did not end its call itself must release the call's resources.
      guarded(call.wasEnded() ? super::onCancel : super::onComplete);
    }
  }
}
