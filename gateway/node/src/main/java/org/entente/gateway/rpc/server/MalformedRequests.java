package org.entente.gateway.rpc.server;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.PublishStreamRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles requests of one server that cannot be parsed, or must not be as they have too many
 * elements. Ends the call with details as for any other problem, and counts the request. Logs one
 * line per {@link #APART} about each client or peer agency. gRPC itself would end the call with
 * UNKNOWN and log a stack trace for each. Safe for many threads.
 */
public final class MalformedRequests implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(MalformedRequests.class);

  /** Least time between two log lines about one caller. */
  static final Duration APART = Duration.ofSeconds(10);

  private static final MethodDescriptor.Marshaller<InputStream> AS_IT_CAME =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream message) {
          return message;
        }

        @Override
        public InputStream parse(InputStream message) {
          return message;
        }
      };

  private final Meters meters;
  private final Meters.Side side;
  private final LogRateLimit lines;

  public MalformedRequests(ServerSettings settings, Meters.Side side) {
    this.meters = settings.meters();
    this.side = side;
    this.lines = new LogRateLimit(settings.clock(), APART);
  }

  /** Adds services that parse their requests inside {@link CallGuard}, not before it. */
  public void addTo(NettyServerBuilder server, List<? extends BindableService> services) {
    for (BindableService service : services) {
      server.addService(
          ServerInterceptors.intercept(
              ServerInterceptors.useMarshalledMessages(
                  service.bindService(), AS_IT_CAME, AS_IT_CAME),
              this));
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    // Found once: finding the service of a method in its file copies all its names.
    Descriptor type = ElementLimit.requests(call.getMethodDescriptor());
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(Q message) {
        // Peers' frames are large, and a mark would retain their buffers.
        if (side == Meters.Side.CLIENT && message instanceof InputStream bytes) {
          bytes.mark(Integer.MAX_VALUE);
        }
        InboundCount held = MessageBuffers.of(Context.current());
        try {
          super.onMessage(counted(call.getMethodDescriptor(), type, message, held));
        } catch (StatusRuntimeException e) {
          if (!(e.getCause() instanceof InvalidProtocolBufferException)) {
            throw e;
          }
          Problem problem = problem(call.getMethodDescriptor(), message);
          noted(Caller.known(), call.getMethodDescriptor(), problem);
          throw StatusMapper.exception(problem);
        } finally {
          // A unary call holds its request to its end; a stream has taken up what it keeps.
          if (side == Meters.Side.CLIENT
              && held != null
              && !call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            held.processed();
          }
        }
      }
    };
  }

  /**
   * The message to parse.
   *
   * @throws StatusRuntimeException if it may not be parsed
   */
  private <Q> Q counted(
      MethodDescriptor<?, ?> method,
      @Nullable Descriptor type,
      Q message,
      @Nullable InboundCount held) {
    // A request of drafts counts its own, as its stream must go on.
    if (type == null
        || type == PublishStreamRequest.getDescriptor()
        || !(message instanceof InputStream bytes)) {
      return message;
    }
    Optional<Problem> problem;
    try {
      problem =
          side == Meters.Side.CLIENT
              ? ElementLimit.ofRequest(bytes, type, held)
              : ElementLimit.ofFrame(bytes, type, held);
    } catch (IOException e) {
      throw Status.INTERNAL.withCause(e).asRuntimeException();
    }
    if (problem.isPresent()) {
      if (!problem.get().equals(InboundCount.OF_CLIENT)) {
        noted(Caller.known(), method, problem.get());
      }
      throw StatusMapper.exception(problem.get());
    }
    if (side == Meters.Side.CLIENT) {
      return message;
    }
    @SuppressWarnings("unchecked") // messages are streams until they are parsed
    Q closed = (Q) ElementLimit.ClosedAtEnd.of(bytes);
    return closed;
  }

  /** Reports a draft that was not parsed, of a stream that continues. */
  public void draft(Identified client, MethodDescriptor<?, ?> method, Problem problem) {
    meters.refused(side, problem.code());
    if (!problem.equals(InboundCount.OF_CLIENT)) {
      noted(client, method, problem);
    }
  }

  private void noted(Identified caller, MethodDescriptor<?, ?> method, Problem problem) {
    meters.malformed(side);
    boolean peer = side == Meters.Side.PEER;
    String who = peer ? caller.agency().value() : caller.name().value();
    lines
        .line(
            who,
            "malformed request of the "
                + (peer ? "peer " : "client ")
                + who
                + " to "
                + method.getFullMethodName()
                + ", refused: "
                + (problem.field().isEmpty() ? "" : problem.field() + ": ")
                + problem.message())
        .ifPresent(LOG::warn);
  }

  private Problem problem(MethodDescriptor<?, ?> method, Object message) {
    Descriptor type = ElementLimit.requests(method);
    if (side == Meters.Side.CLIENT && type != null && message instanceof InputStream bytes) {
      try {
        bytes.reset();
        return MessageFault.in(type, bytes.readAllBytes());
      } catch (IOException e) {
        return new Problem(Code.INVALID_FIELD, "", "must encode one " + type.getFullName());
      }
    }
    return new Problem(
        Code.MALFORMED, "", "the request is malformed or cut short, or text in it is not UTF-8");
  }
}
