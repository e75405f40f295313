package org.entente.gateway.rpc.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A call that any thread may end while its service still runs; later responses of the service are
 * dropped.
 */
final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
  private final Identified caller;
  private final Consumer<GuardedCall<Q, A>> answered;
  private final boolean stream;
  private @Nullable InboundCount counted;
  private boolean closed;

  /** Written under the lock, and read without: a thread may hold it while it writes a message. */
  private volatile boolean ended;

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
    this.stream = !call.getMethodDescriptor().getType().serverSendsOneMessage();
  }

  Identified caller() {
    return caller;
  }

  /** Lets long answers count as the request does, until the caller has taken them. */
  synchronized void countAnswers(InboundCount bytes) {
    counted = bytes;
  }

  /** Of a stream, what was sent before the caller has room again is taken. */
  synchronized void ready() {
    if (stream && counted != null && isReady()) {
      counted.taken();
    }
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!ended) {
      super.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(A message) {
    ready();
    Optional<Problem> full =
        counted == null ? Optional.empty() : Optional.ofNullable(counted.answers(size(message)));
    if (full.isPresent()) {
      end(full.get());
    } else if (!ended) {
      super.sendMessage(message);
    }
  }

  /** Messages are marshalled by now. */
  private static long size(Object message) {
    try {
      return message instanceof KnownLength bytes ? bytes.available() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
  boolean wasEnded() {
    return ended;
  }
}
