package org.entente.gateway.rpc.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.entente.gateway.link.InboundMessages;
import org.jspecify.annotations.Nullable;

/** Counts the incoming messages of a port's calls. Safe for many threads. */
public final class MessageBuffers extends ServerStreamTracer.Factory {
  private static final Context.Key<InboundCount> STREAM = Context.key("entente-inbound-bytes");

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new Tracer(new InboundCount());
  }

  /** The messages of the call in this context. */
  public static InboundMessages messages(Context context) {
    InboundCount counted = STREAM.get(context);
    return counted == null ? InboundMessages.UNCOUNTED : counted;
  }

  /** The bytes of the call in this context; null where its port does not count them. */
  static @Nullable InboundCount of(Context context) {
    return STREAM.get(context);
  }

  private static final class Tracer extends ServerStreamTracer {
    private final InboundCount count;

    Tracer(InboundCount count) {
      this.count = count;
    }

    @Override
    public Context filterContext(Context context) {
      return context.withValue(STREAM, count);
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
}
