package org.entente.gateway.cluster;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptors;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;

/**
 * This node's connections to others, one to each address, for all calls but those of Ratis. Safe
 * for many threads.
 */
final class NodeChannels {
  private final GrpcTlsConfig tls;
  private final String cluster;
  private final Map<String, ManagedChannel> open = new HashMap<>();

  NodeChannels(GrpcTlsConfig tls, String cluster) {
    this.tls = tls;
    this.cluster = cluster;
  }

  /** A connection whose calls only this node of this cluster answers; it connects when called. */
  synchronized Channel to(String node, String address) {
    return ClientInterceptors.intercept(
        open.computeIfAbsent(
            address, unused -> CopyTransfer.channel(address, tls, RaftSettings.MESSAGE_BYTES)),
        OwnMessagesOnly.meantFor(node, cluster));
  }

  /** A connection that failed is tried again at once; its pause would outlast the failure. */
  synchronized void hurry(String address) {
    ManagedChannel channel = open.get(address);
    if (channel != null
        && channel.getState(/* requestConnection= */ false)
            == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
  }

  /** Ends a connection: the next call makes another one. */
  synchronized void end(String address) {
    Optional.ofNullable(open.remove(address)).ifPresent(ManagedChannel::shutdown);
  }

  /** Ends connections to other addresses, which would be tried again and again. */
  synchronized void keepOnly(Collection<String> addresses) {
    Set.copyOf(open.keySet()).stream()
        .filter(address -> !addresses.contains(address))
        .forEach(this::end);
  }

  /** To which this node has connections, or tries to have them. */
  synchronized Set<String> addresses() {
    return Set.copyOf(open.keySet());
  }

  /** Ends all. */
  synchronized void endAll(Consumer<ManagedChannel> how) {
    open.values().forEach(how);
    open.clear();
  }
}
