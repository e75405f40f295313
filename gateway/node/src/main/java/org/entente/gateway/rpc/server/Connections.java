package org.entente.gateway.rpc.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.rpc.tls.IdentityResolver;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one port, with bounds before callers are known and for each known caller.
 *
 * <p>Open handshakes: at the limit, the oldest handshake of the address with the most is closed, so
 * that a host that opens silent connections loses its own. Connections of one caller beyond its
 * limit: each is closed as soon as its handshake identifies the caller. All connections: at the
 * limit, the oldest handshake is closed as above; without open handshakes, the new connection is
 * closed.
 *
 * <p>A close here never waits for the other side. The graceful close of gRPC's server does, for 10
 * s, and a caller that does not answer could fill the port with closing connections. Safe for many
 * threads.
 */
public final class Connections {
  private static final class Connection {
    private final Channel channel;
    private final @Nullable InetAddress from;
    private @Nullable SpiffeId caller;

    Connection(Channel channel) {
      this.channel = channel;
      this.from =
          channel.remoteAddress() instanceof InetSocketAddress internet
              ? internet.getAddress()
              : null;
    }
  }

  private final int mostHandshakes;
  private final int most;
  private final int mostOfOne;
  private final IdentityResolver identities;
  private final Meters meters;
  private final Meters.Side side;
  private final Map<Channel, Connection> all = new HashMap<>();
  private final Set<Connection> unfinished = new LinkedHashSet<>();
  private final Map<SpiffeId, Integer> callers = new HashMap<>();

  public Connections(
      NodeConfig.Limits limits, IdentityResolver identities, Meters meters, Meters.Side side) {
    this.mostHandshakes = limits.handshakes();
    this.most = limits.connections();
    this.mostOfOne = limits.perClientInForce().connections();
    this.identities = identities;
    this.meters = meters;
    this.side = side;
  }

  /**
   * Adds a connection accepted by the socket.
   *
   * @param later runs actions once the new connection has its event loop
   * @return whether it may stay; otherwise the caller closes it
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the listener belongs to the connection
  boolean accepted(Channel channel, Executor later) {
    Connection connection = new Connection(channel);
    Connection evicted = null;
    synchronized (this) {
      if (unfinished.size() >= mostHandshakes || all.size() >= most) {
        evicted = oldestOfTheBusiest();
        if (evicted == null) {
          meters.connectionClosed(side, Meters.Limit.CONNECTIONS);
          return false;
        }
        forget(evicted);
      }
      all.put(channel, connection);
      unfinished.add(connection);
    }
    if (evicted != null) {
      meters.connectionClosed(side, Meters.Limit.HANDSHAKES);
      Channel closing = evicted.channel;
      later.execute(() -> closing.eventLoop().execute(() -> close(closing)));
    }
    channel.pipeline().addLast(new HandshakeListener(this::handshaken));
    channel.closeFuture().addListener(done -> gone(connection));
    return true;
  }

  private @Nullable Connection oldestOfTheBusiest() {
    Map<Optional<InetAddress>, Long> counts =
        unfinished.stream()
            .map(one -> Optional.ofNullable(one.from))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .flatMap(
            busiest ->
                unfinished.stream()
                    .filter(one -> Optional.ofNullable(one.from).equals(busiest.getKey()))
                    .findFirst())
        .orElse(null);
  }

  /**
   * Handles the end of a TLS handshake. Further actions wait until earlier listeners have set up
   * HTTP/2, which can carry the reason for closing.
   *
   * @param chain the certificates of the other side
   */
  void handshaken(Channel channel, List<X509Certificate> chain) {
    if (!(identities.identify(chain) instanceof Identified identified)) {
      channel.eventLoop().execute(() -> close(channel));
    } else if (!admitted(channel, identified.id())) {
      meters.connectionClosed(side, Meters.Limit.CALLER);
      channel.eventLoop().execute(() -> refuse(channel));
    }
  }

  private synchronized boolean admitted(Channel channel, SpiffeId caller) {
    Connection connection = all.get(channel);
    if (connection == null) {
      return true;
    }
    if (callers.getOrDefault(caller, 0) >= mostOfOne) {
      forget(connection);
      return false;
    }
    unfinished.remove(connection);
    connection.caller = caller;
    callers.merge(caller, 1, Integer::sum);
    return true;
  }

  /** Sends the reason in a GOAWAY frame (RFC 9113, section 6.8), and closes. */
  @SuppressWarnings("FutureReturnValueIgnored") // closing does not wait for it
  private void refuse(Channel channel) {
    ChannelHandlerContext context = channel.pipeline().context(Http2ConnectionHandler.class);
    if (context != null) {
      String reason =
          Code.LIMIT_REACHED
              + ": the caller has "
              + mostOfOne
              + " connections, the most that limits.per_client.connections allows; close one, or"
              + " ask the operator to raise the limit";
      Http2ConnectionHandler http2 = (Http2ConnectionHandler) context.handler();
      http2.goAway(
          context,
          http2.connection().remote().lastStreamCreated(),
          Http2Error.ENHANCE_YOUR_CALM.code(),
          ByteBufUtil.writeAscii(context.alloc(), reason),
          context.newPromise());
      context.flush();
    }
    close(channel);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // closing does not wait for the alert
  private static void close(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    }
    channel.unsafe().close(channel.voidPromise());
  }

  private synchronized void gone(Connection connection) {
    forget(connection);
  }

  private void forget(Connection connection) {
    all.remove(connection.channel);
    unfinished.remove(connection);
    SpiffeId caller = connection.caller;
    if (caller != null) {
      connection.caller = null;
      callers.computeIfPresent(caller, (id, count) -> count == 1 ? null : count - 1);
    }
  }

  /** The number of connections. */
  synchronized int count() {
    return all.size();
  }
}
