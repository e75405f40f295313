package org.entente.gateway.rpc.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.link.InboundMessages;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of messages that a port holds because their senders have not sent all of them, or
 * because their streams have not processed them. gRPC buffers a message until its last byte, and
 * gives the sender credit for more while it does; without a count, a sender of half messages
 * decides how much memory a gateway needs.
 *
 * <p>Three limits, each checked as bytes arrive: the size of one message, which is small until the
 * stream's service says otherwise; the bytes of one agency; the bytes of the port. The first {@link
 * #OWN_BYTES} of each agency do not depend on what others use. A call that exceeds a limit ends
 * with a code, and no other call does. Safe for many threads.
 */
public final class MessageBuffers extends ServerStreamTracer.Factory {
  /** Largest message before the service allows more: a Hello needs a few hundred bytes. */
  static final int FIRST_MESSAGE_BYTES = 4 << 10;

  /** What each agency may always hold. */
  static final int OWN_BYTES = 1 << 20;

  private static final Context.Key<StreamBytes> STREAM = Context.key("entente-inbound-bytes");

  private final long mostOfOne;
  private final long most;
  private final Map<String, Long> held = new HashMap<>();
  private long total;

  public MessageBuffers(NodeConfig.Limits limits) {
    this.mostOfOne = limits.perAgencyInForce().bufferedBytes();
    this.most = limits.bufferedBytes();
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new StreamBytes();
  }

  /** The messages of the call in this context. */
  public static InboundMessages messages(Context context) {
    StreamBytes counted = STREAM.get(context);
    return counted == null ? InboundMessages.UNCOUNTED : counted;
  }

  /** The bytes of the call in this context; null where its port does not count them. */
  static @Nullable StreamBytes of(Context context) {
    return STREAM.get(context);
  }

  /** How many bytes are held now. */
  synchronized long bytes() {
    return total;
  }

  private synchronized boolean take(String party, long bytes) {
    long own = held.getOrDefault(party, 0L) + bytes;
    if (own > mostOfOne || (own > OWN_BYTES && total + bytes > most)) {
      return false;
    }
    held.put(party, own);
    total += bytes;
    return true;
  }

  private synchronized void release(String party, long bytes) {
    total -= bytes;
    held.computeIfPresent(party, (name, own) -> own == bytes ? null : own - bytes);
  }

  /** One call's messages. Called by the connection's thread, and by the call's service. */
  final class StreamBytes extends ServerStreamTracer implements InboundMessages {
    private @Nullable GuardedCall<?, ?> call;
    private String party = "";
    private long limit = FIRST_MESSAGE_BYTES;
    private long size;
    private long bytes;
    private boolean over;

    @Override
    public Context filterContext(Context context) {
      return context.withValue(STREAM, this);
    }

    /** Whose call it is; set before the call requests its first message. */
    synchronized void belongsTo(GuardedCall<?, ?> guarded, String caller) {
      call = guarded;
      party = caller;
    }

    @Override
    public synchronized void allow(int messageBytes) {
      limit = messageBytes;
    }

    @Override
    public synchronized void processed() {
      release(party, bytes);
      bytes = 0;
    }

    @Override
    public void inboundMessage(int number) {
      synchronized (this) {
        size = 0;
      }
    }

    @Override
    public void inboundWireSize(long more) {
      Problem problem = arrived(more);
      if (problem != null) {
        refuse(problem);
      }
    }

    private void refuse(Problem problem) {
      GuardedCall<?, ?> refused;
      synchronized (this) {
        refused = call;
      }
      if (refused != null) {
        refused.end(problem);
      }
    }

    private synchronized @Nullable Problem arrived(long more) {
      if (over) {
        return null;
      }
      size += more;
      if (size > limit) {
        over = true;
        return new Problem(
            Code.TOO_LARGE, "frame", "this message may have at most " + limit + " bytes");
      }
      if (!take(party, more)) {
        over = true;
        return new Problem(
            Code.LIMIT_REACHED,
            "frame",
            "the gateway holds as many unprocessed bytes of this agency as"
                + " limits.per_agency.buffered_bytes and limits.buffered_bytes allow");
      }
      bytes += more;
      return null;
    }

    @Override
    public synchronized void streamClosed(Status status) {
      over = true;
      release(party, bytes);
      bytes = 0;
    }
  }
}
