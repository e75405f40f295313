package org.entente.gateway.rpc.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * Ends calls with NOT_LEADER instead of answering them from a ledger that another machine may have
 * moved on: a leader of yesterday answers nothing. Whether the request took effect is unknown then,
 * as after any lost connection.
 *
 * <p>Streams in both directions pass: a publisher's answers follow a commit, and deliveries ask the
 * ledger themselves. Safe for use by many threads.
 */
public final class CurrentAnswers implements ServerInterceptor {
  private final BooleanSupplier current;

  /**
   * Creates the check.
   *
   * @param current whether what the ledger says holds for everyone now; quick
   */
  public CurrentAnswers(BooleanSupplier current) {
    this.current = current;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return call.getMethodDescriptor().getType() == MethodType.BIDI_STREAMING
        ? next.startCall(call, headers)
        : next.startCall(new CheckedCall<>(call), headers);
  }

  private final class CheckedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private boolean ended;

    CheckedCall(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (isAnswerable()) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      // After an answer, success says nothing more.
      if (!ended && (status.isOk() || isAnswerable())) {
        ended = true;
        super.close(status, trailers);
      }
    }

    private boolean isAnswerable() {
      if (!ended && !current.getAsBoolean()) {
        ended = true;
        StatusRuntimeException refusal =
            StatusMapper.exception(
                new Problem(
                    Code.NOT_LEADER,
                    "",
                    "no majority of the cluster has answered this machine lately, so another may lead"));
        super.close(
            refusal.getStatus(),
            Objects.requireNonNullElseGet(refusal.getTrailers(), Metadata::new));
      }
      return !ended;
    }
  }
}
