package org.entente.gateway;

import java.net.InetSocketAddress;
import org.entente.gateway.config.NodeConfig;
import org.jspecify.annotations.Nullable;

/**
 * Where a node listens for calls.
 *
 * @param peers null where it only dials
 */
record NodeAddresses(InetSocketAddress clients, @Nullable InetSocketAddress peers) {
  /** What its configuration says. */
  static NodeAddresses configured(NodeConfig config) {
    String peers = config.listen().peers();
    return new NodeAddresses(
        NodeFiles.address("listen.clients", config.listen().clients()),
        peers == null ? null : NodeFiles.address("listen.peers", peers));
  }
}
