package org.entente.gateway.rpc.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.tls.IdentityResolver;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one port, with bounds before callers are known and for each known caller.
 *
 * <p>Open handshakes: when their number reaches its limit, the oldest of the address that has most
 * is closed, so that a host that opens connections and says nothing ends its own. Connections of
 * one caller beyond its limit: each is closed as soon as its handshake shows the caller. All
 * together: as with handshakes, and if no handshake is open, the new connection is closed. Callers
 * that are expected and have no connection keep a place each, of at most half of all. A connection
 * also ends when its caller floods it with frames that carry nothing ({@link FrameBudget}), and
 * when its caller's identity is no longer valid or has many calls refused.
 *
 * <p>A close with a reason waits a little for the other side to read it ({@link LingeringClose});
 * any other waits for nobody. The graceful close of gRPC's server waits for 10 s, and a caller that
 * does not answer could fill the port with closing connections. Safe for many threads.
 */
public final class Connections {
  /** Longest wait for the other side of a closed connection to read why. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /** Calls of a caller that is not admitted, before its connection ends: it reads why on each. */
  static final int MOST_REFUSED_CALLS = 8;

  private static final class Connection {
    private final Channel channel;
    private final @Nullable InetAddress from;
    private @Nullable Account caller;

    /** What its caller showed in the handshake; empty before. */
    private List<X509Certificate> chain = List.of();

    /** Whether its caller was no longer admitted at the last check. */
    private boolean warned;

    /** Calls refused because of who the caller is. */
    private int refusedCalls;

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
  private final CallerShares shares;
  private final IdentityResolver identities;
  private final Meters meters;
  private final Meters.Side side;
  private final LingeringClose lingering = new LingeringClose(FAREWELL);
  private final Map<Channel, Connection> all = new HashMap<>();
  private final Set<Connection> unfinished = new LinkedHashSet<>();

  public Connections(
      NodeConfig.Limits limits,
      IdentityResolver identities,
      Meters meters,
      Meters.Side side,
      CallerShares shares) {
    this.mostHandshakes = limits.handshakes();
    this.most = limits.connections();
    this.shares = shares;
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
      later.execute(() -> closing.eventLoop().execute(() -> LingeringClose.closeNow(closing)));
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
    if (!(identities.identify(chain) instanceof Result.Done<Identified> known)) {
      channel.eventLoop().execute(() -> LingeringClose.closeNow(channel));
      return;
    }
    String name = shares.party().apply(known.value());
    Account caller = shares.of(known.value());
    Optional<Meters.Limit> reached = admit(channel, chain, name, caller);
    if (reached.isPresent()) {
      end(channel, reached.get());
    } else {
      countFrames(channel, caller);
    }
  }

  private void end(Channel channel, Meters.Limit reached) {
    meters.connectionClosed(side, reached);
    channel
        .eventLoop()
        .execute(
            () ->
                refuse(
                    channel,
                    Http2Error.ENHANCE_YOUR_CALM,
                    Code.LIMIT_REACHED + ": " + text(reached)));
  }

  private void countFrames(Channel channel, Account caller) {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls != null) {
      channel
          .pipeline()
          .addAfter(
              tls.name(),
              null,
              FrameBudget.ofAccepted(caller, () -> end(channel, Meters.Limit.FRAMES)));
    }
  }

  private synchronized Optional<Meters.Limit> admit(
      Channel channel, List<X509Certificate> chain, String name, Account caller) {
    Connection connection = all.get(channel);
    if (connection == null) {
      return Optional.empty();
    }
    boolean kept = isKeptForOthers(name, caller);
    if (!caller.hold(Holding.CONNECTIONS, 1)) {
      forget(connection);
      return Optional.of(Meters.Limit.CALLER);
    }
    connection.caller = caller;
    if (kept) {
      forget(connection);
      return Optional.of(Meters.Limit.RESERVED);
    }
    unfinished.remove(connection);
    connection.chain = chain;
    return Optional.empty();
  }

  /**
   * Closes the connections whose caller is no longer admitted, with the reason. Their calls have
   * ended before.
   */
  void recheck() {
    refused().forEach((connection, problem) -> end(connection.channel, problem));
  }

  /**
   * Closes the connections whose caller was no longer admitted at the last round either. In between
   * it reads on each stream why; a connection that stays costs this side for each refused call.
   */
  void recheckAgain() {
    Map<Connection, Problem> refused = refused();
    Set<Connection> closing;
    synchronized (this) {
      closing =
          all.values().stream()
              .filter(one -> one.warned && refused.containsKey(one))
              .collect(Collectors.toSet());
      all.values().forEach(one -> one.warned = refused.containsKey(one));
    }
    refused.forEach(
        (one, problem) -> {
          if (closing.contains(one)) {
            end(one.channel, problem);
          }
        });
  }

  /**
   * Counts a call that was refused because of who its caller is, and closes a connection with many:
   * each costs this side a check, and its caller has no account that pays.
   *
   * @param from the other side's address, as the transport knows it
   */
  void callRefused(@Nullable SocketAddress from, Problem problem) {
    Channel closing = null;
    synchronized (this) {
      for (Connection one : all.values()) {
        if (Objects.equals(one.channel.remoteAddress(), from)
            && ++one.refusedCalls > MOST_REFUSED_CALLS) {
          closing = one.channel;
        }
      }
    }
    if (closing != null) {
      end(closing, problem);
    }
  }

  private Map<Connection, Problem> refused() {
    // A caller has few certificates and may have many connections: one check each.
    Map<List<X509Certificate>, Optional<Problem>> checked = new HashMap<>();
    Map<Connection, Problem> refused = new HashMap<>();
    for (Connection one : known()) {
      checked
          .computeIfAbsent(one.chain, this::refusal)
          .ifPresent(problem -> refused.put(one, problem));
    }
    return refused;
  }

  private Optional<Problem> refusal(List<X509Certificate> chain) {
    return identities.identify(chain).fold(caller -> shares.refusal().apply(caller), Optional::of);
  }

  private synchronized List<Connection> known() {
    return all.values().stream().filter(one -> !one.chain.isEmpty()).toList();
  }

  private void end(Channel channel, Problem problem) {
    channel
        .eventLoop()
        .execute(
            () -> refuse(channel, Http2Error.NO_ERROR, problem.code() + ": " + problem.message()));
  }

  /** Whether all places that are left are kept for callers without a connection. */
  private boolean isKeptForOthers(String name, Account caller) {
    Set<String> expected = shares.expected().get();
    if (expected.contains(name) && caller.held(Holding.CONNECTIONS) == 0) {
      return false;
    }
    long absent =
        expected.stream()
            .filter(one -> shares.accounts().of(one).held(Holding.CONNECTIONS) == 0)
            .count();
    int finished = all.size() - unfinished.size();
    return finished + Math.min(absent, most / 2) >= most;
  }

  /**
   * Sends the reason in a GOAWAY frame (RFC 9113, section 6.8), and closes so that it can be read.
   * The frame is written as it is: HTTP/2's handler closes at once behind one with an error.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // closing does not wait for it
  private void refuse(Channel channel, Http2Error error, String reason) {
    ChannelHandlerContext context = channel.pipeline().context(Http2ConnectionHandler.class);
    if (context == null) {
      LingeringClose.closeNow(channel);
      return;
    }
    Http2ConnectionHandler http2 = (Http2ConnectionHandler) context.handler();
    http2
        .encoder()
        .frameWriter()
        .writeGoAway(
            context,
            http2.connection().remote().lastStreamCreated(),
            error.code(),
            ByteBufUtil.writeAscii(context.alloc(), reason),
            context.newPromise());
    context.flush();
    lingering.close(channel);
  }

  private String text(Meters.Limit reached) {
    return switch (reached) {
      case RESERVED -> "the places that are left at this port are kept for others; try later";
      case FRAMES ->
          "the %s has sent more frames that carry nothing than limits.control_frames allows"
              .formatted(shares.noun());
      default ->
          "the %s has %d connections, the most that %s allows; close one, or have the operator"
                  .formatted(
                      shares.noun(),
                      shares.accounts().mostOfOne(Holding.CONNECTIONS),
                      shares.setting())
              + " raise the limit";
    };
  }

  private synchronized void gone(Connection connection) {
    forget(connection);
  }

  private void forget(Connection connection) {
    all.remove(connection.channel);
    unfinished.remove(connection);
    Account caller = connection.caller;
    if (caller != null) {
      connection.caller = null;
      caller.release(Holding.CONNECTIONS, 1);
    }
  }

  /** The number of connections. */
  synchronized int count() {
    return all.size();
  }
}
