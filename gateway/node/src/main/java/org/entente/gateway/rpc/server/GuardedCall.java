package org.entente.gateway.rpc.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.function.Consumer;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Problem;

/**
 * A call that any thread may end while its service still runs; later responses of the service are
 * dropped.
 */
final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
  private final Identified caller;
  private final Consumer<GuardedCall<Q, A>> answered;
  private boolean closed;
  private boolean ended;

  /**
   * Creates the call.
   *
   * @param answered told just before the end of a call is sent that has next to nothing left to
   *     send
   */
  GuardedCall(ServerCall<Q, A> call, Identified caller, Consumer<GuardedCall<Q, A>> answered) {
    super(call);
    this.caller = caller;
    this.answered = answered;
  }

  Identified caller() {
    return caller;
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!ended) {
      super.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(A message) {
    if (!ended) {
      super.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!ended) {
      closed = true;
      tellAnswered();
      super.close(status, trailers);
    }
  }

  /**
   * A caller that saw the end of this call may begin another at once. A call whose answers still
   * wait for the caller holds memory, so it counts until they are gone.
   */
  private void tellAnswered() {
    if (isReady()) {
      answered.accept(this);
    }
  }

  /** Ends the call with a problem; no effect if it has ended. */
  void end(Problem problem) {
    end(StatusMapper.exception(problem));
  }

  synchronized void end(StatusRuntimeException status) {
    if (!closed && !ended) {
      ended = true;
      tellAnswered();
      super.close(
          status.getStatus(), Objects.requireNonNullElseGet(status.getTrailers(), Metadata::new));
    }
  }

  /** Whether it was ended from outside its service, which must then be told. */
  synchronized boolean wasEnded() {
    return ended;
  }
}
