package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.jspecify.annotations.Nullable;

/**
 * The addresses on which a node listens.
 *
 * @param peers null if it only dials
 */
record ListenAddresses(InetSocketAddress clients, @Nullable InetSocketAddress peers) {
  /** The configured addresses. */
  static ListenAddresses configured(NodeConfig config) {
    String peers = config.listen().peers();
    return new ListenAddresses(
        ConfiguredFiles.address("listen.clients", config.listen().clients()),
        peers == null ? null : ConfiguredFiles.address("listen.peers", peers));
  }

  /** Starts a server. */
  interface ServerStart<T> {
    T start() throws IOException;
  }

  /**
   * Starts a server at an address.
   *
   * @param field configuration field that names the address
   * @throws IOException naming field, address and what is required
   */
  static <T> T listening(String field, InetSocketAddress at, ServerStart<T> server)
      throws IOException {
    try {
      return server.start();
    } catch (IOException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          ("%s: cannot listen on %s:%d: %s; it must be an address of this machine, and no other"
                  + " program may listen there")
              .formatted(field, at.getHostString(), at.getPort(), why.getMessage()),
          e);
    }
  }
}
