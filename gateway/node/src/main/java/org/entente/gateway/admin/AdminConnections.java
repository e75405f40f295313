package org.entente.gateway.admin;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The open connections of the admin port, at most {@value #MOST}. Beyond that, one from an address
 * with fewer connections takes the place of the oldest of the address that has most: whoever holds
 * all of them keeps no other address out. Used by the thread of one event loop.
 */
final class AdminConnections {
  /** Most open connections. */
  static final int MOST = 64;

  private final Map<Channel, Optional<InetAddress>> open = new LinkedHashMap<>();

  /** Whether a new connection has a place; it keeps that until it closes. */
  @SuppressWarnings("FutureReturnValueIgnored") // a connection that is closing need not be awaited
  boolean admit(Channel channel) {
    Optional<InetAddress> from = from(channel);
    if (open.size() >= MOST) {
      Optional<Channel> evicted = oldestOfOneWithMore(from);
      if (evicted.isEmpty()) {
        return false;
      }
      open.remove(evicted.get());
      evicted.get().close();
    }
    open.put(channel, from);
    channel.closeFuture().addListener(closed -> open.remove(channel));
    return true;
  }

  private Optional<Channel> oldestOfOneWithMore(Optional<InetAddress> from) {
    Map<Optional<InetAddress>, Long> counts =
        open.values().stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    long own = counts.getOrDefault(from, 0L);
    long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
    // Among equals the oldest: a request that takes its turn is among the newest.
    return open.entrySet().stream()
        .filter(one -> most > own && counts.getOrDefault(one.getValue(), 0L) == most)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static Optional<InetAddress> from(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? Optional.ofNullable(address.getAddress())
        : Optional.empty();
  }
}
