package org.entente.gateway.rpc.server;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.link.LinkContext;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.tls.PeerCertificates;
import org.entente.gateway.rpc.tls.PeerTrust;

/**
 * The open calls to peers that this gateway dialled. What a peer sends on them counts as if it had
 * dialled. Safe for use by many threads.
 */
public final class DialledCalls {
  private final PeerTrust trust;
  private final Accounts accounts;
  private final Executor workers;
  private final Map<ClientCall<?, ?>, AgencyName> calls = new ConcurrentHashMap<>();

  /**
   * Calls whose answers are handled by workers, except for short ones ({@link StreamExecutor}).
   *
   * @param accounts of the agencies that are called
   */
  public DialledCalls(PeerTrust trust, Accounts accounts, Executor workers) {
    this.trust = trust;
    this.accounts = accounts;
    this.workers = workers;
  }

  /** Tracks the calls of a channel to an agency. */
  public ClientInterceptor ofAgency(AgencyName agency) {
    return new ClientInterceptor() {
      @Override
      public <Q, A> ClientCall<Q, A> interceptCall(
          MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        InboundCount count = new InboundCount();
        ClientCall<Q, A> call =
            new TrackedCall<>(
                next.newCall(
                    counted(method, count),
                    options
                        .withStreamTracerFactory(tracing(count))
                        .withExecutor(new StreamExecutor(count, workers))),
                agency);
        count.belongsTo(
            accounts.of(agency.value()),
            InboundCount.OF_AGENCY,
            problem -> call.cancel(problem.code() + ": " + problem.message(), null));
        Optional.ofNullable(options.getOption(LinkContext.DIALLED))
            .ifPresent(stream -> stream.accept(count));
        return call;
      }
    };
  }

  private static <Q, A> MethodDescriptor<Q, A> counted(
      MethodDescriptor<Q, A> method, InboundCount count) {
    return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
        ? method.toBuilder(
                method.getRequestMarshaller(),
                ElementLimit.answers(
                    method.getResponseMarshaller(),
                    schema.getMethodDescriptor().getOutputType(),
                    count))
            .build()
        : method;
  }

  private static ClientStreamTracer.Factory tracing(InboundCount count) {
    return new ClientStreamTracer.Factory() {
      @Override
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new Tracer(count);
      }
    };
  }

  private static final class Tracer extends ClientStreamTracer {
    private final InboundCount count;

    Tracer(InboundCount count) {
      this.count = count;
    }

    @Override
    public void inboundMessage(int number) {
      count.begins();
    }

    @Override
    public void inboundWireSize(long more) {
      count.arrived(more);
    }

    @Override
    public void inboundMessageRead(int number, long wireSize, long size) {
      count.whole();
    }

    @Override
    public void streamClosed(Status status) {
      count.ended();
    }
  }

  /** Ends the calls whose peer's identity is no longer valid; returns how many. */
  public int recheck() {
    int ended = 0;
    for (Map.Entry<ClientCall<?, ?>, AgencyName> entry : calls.entrySet()) {
      ClientCall<?, ?> call = entry.getKey();
      List<X509Certificate> chain = PeerCertificates.of(call.getAttributes());
      // A call without a connection will be checked against the new bundle in the handshake.
      if (chain.isEmpty()) {
        continue;
      }
      Optional<Problem> refusal = trust.identifyAs(entry.getValue(), chain).refusal();
      if (refusal.isPresent()) {
        call.cancel(refusal.get().message(), null);
        ended++;
      }
    }
    return ended;
  }

  private final class TrackedCall<Q, A> extends SimpleForwardingClientCall<Q, A> {
    private final AgencyName agency;

    TrackedCall(ClientCall<Q, A> call, AgencyName agency) {
      super(call);
      this.agency = agency;
    }

    @Override
    public void start(Listener<A> listener, Metadata headers) {
      calls.put(this, agency);
      super.start(
          new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onClose(Status status, Metadata trailers) {
              calls.remove(TrackedCall.this);
              // A message that was refused unparsed ends the call for its own reason.
              boolean refused = status.getCause() instanceof StatusRuntimeException;
              super.onClose(refused ? Status.fromThrowable(status.getCause()) : status, trailers);
            }
          },
          headers);
    }
  }
}
