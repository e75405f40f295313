package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.jspecify.annotations.Nullable;

/**
 * Where a node listens for calls.
 *
 * @param peers null where it only dials
 */
record ListenAddresses(InetSocketAddress clients, @Nullable InetSocketAddress peers) {
  /** What its configuration says. */
  static ListenAddresses configured(NodeConfig config) {
    String peers = config.listen().peers();
    return new ListenAddresses(
        ConfiguredFiles.address("listen.clients", config.listen().clients()),
        peers == null ? null : ConfiguredFiles.address("listen.peers", peers));
  }

  /** Begins to listen. */
  interface ServerStart<T> {
    T start() throws IOException;
  }

  /**
   * Begins to listen at an address.
   *
   * @param field of the configuration, where the address stands
   * @throws IOException naming field and address, and what is needed there
   */
  static <T> T listening(String field, InetSocketAddress at, ServerStart<T> server)
      throws IOException {
    try {
      return server.start();
    } catch (IOException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          ("%s: %s:%d cannot be taken: %s; no other program may listen there, and it must be an"
                  + " address of this machine")
              .formatted(field, at.getHostString(), at.getPort(), why.getMessage()),
          e);
    }
  }
}
