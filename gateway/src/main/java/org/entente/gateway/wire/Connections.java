package org.entente.gateway.wire;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one port, bounded before anybody is known and for each caller that is.
 *
 * <p>Handshakes that are not over: when there are as many as may be, the oldest of the address that
 * has most is closed, so that whoever opens connections and says nothing ends its own. Connections
 * of one caller beyond its limit: calls on them are refused with a code and they are closed a
 * moment later; beyond twice the limit at once. All together: as with handshakes, and if all
 * handshakes are over, the new one is closed. Safe for many threads.
 */
final class Connections {
  private static final int EXPLAINING_SECONDS = 2;

  private static final class Connection {
    private final Channel channel;
    private final SocketAddress address;
    private final @Nullable InetAddress from;
    private @Nullable SpiffeId caller;

    Connection(Channel channel, SocketAddress address) {
      this.channel = channel;
      this.address = address;
      this.from = address instanceof InetSocketAddress internet ? internet.getAddress() : null;
    }
  }

  private final int mostHandshakes;
  private final int most;
  private final int mostOfOne;
  private final Meters meters;
  private final Meters.Side side;
  private final Map<SocketAddress, Connection> all = new HashMap<>();
  private final Set<Connection> unfinished = new LinkedHashSet<>();
  private final Map<SpiffeId, Integer> callers = new HashMap<>();

  Connections(NodeConfig.Limits limits, Meters meters, Meters.Side side) {
    this.mostHandshakes = limits.handshakes();
    this.most = limits.connections();
    this.mostOfOne = limits.perClientInForce().connections();
    this.meters = meters;
    this.side = side;
  }

  /**
   * A connection was accepted by the socket.
   *
   * @param later runs what has to wait until what was accepted now has its event loop
   * @return whether it may stay; otherwise the caller closes it
   */
  @SuppressWarnings("FutureReturnValueIgnored") // closing is not waited for
  boolean accepted(Channel channel, Executor later) {
    SocketAddress address = channel.remoteAddress();
    if (address == null) {
      return false;
    }
    Connection connection = new Connection(channel, address);
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
      all.put(address, connection);
      unfinished.add(connection);
    }
    if (evicted != null) {
      meters.connectionClosed(side, Meters.Limit.HANDSHAKES);
      Channel closing = evicted.channel;
      later.execute(() -> closing.close());
    }
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
   * The handshake is over.
   *
   * @param caller who it is, or null if nobody that is known
   * @return why every call on it is refused; empty if none is for its number
   */
  @SuppressWarnings("FutureReturnValueIgnored") // closing is not waited for
  Optional<Problem> identified(@Nullable SocketAddress address, @Nullable SpiffeId caller) {
    Connection connection;
    int count;
    synchronized (this) {
      connection = all.get(address);
      if (connection == null) {
        return Optional.empty();
      }
      unfinished.remove(connection);
      if (caller == null) {
        return Optional.empty();
      }
      connection.caller = caller;
      count = callers.merge(caller, 1, Integer::sum);
    }
    if (count <= mostOfOne) {
      return Optional.empty();
    }
    meters.connectionClosed(side, Meters.Limit.CALLER);
    Channel channel = connection.channel;
    if (count > 2 * mostOfOne) {
      channel.close();
    } else {
      channel.eventLoop().schedule(() -> channel.close(), EXPLAINING_SECONDS, TimeUnit.SECONDS);
    }
    return Optional.of(
        new Problem(
            Code.LIMIT_REACHED,
            "",
            "the caller has "
                + mostOfOne
                + " connections, as many as it may (limits.per_client.connections)"));
  }

  private synchronized void gone(Connection connection) {
    forget(connection);
  }

  private void forget(Connection connection) {
    all.remove(connection.address, connection);
    unfinished.remove(connection);
    SpiffeId caller = connection.caller;
    if (caller != null) {
      connection.caller = null;
      callers.computeIfPresent(caller, (id, count) -> count == 1 ? null : count - 1);
    }
  }

  /** How many there are. */
  synchronized int count() {
    return all.size();
  }
}
