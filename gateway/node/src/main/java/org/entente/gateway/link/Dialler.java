package org.entente.gateway.link;

import java.util.Optional;

/**
 * Opens streams to one gateway: over gRPC in a node ({@link PeerDialler}), over a simulated network
 * in a simulation. Thread-safe.
 */
public interface Dialler {
  /** The gateway at the other end, as the transport authenticates it. */
  PeerName peer();

  /**
   * Opens a stream; a failure is reported to the listener.
   *
   * @return empty if the dialler has been closed
   */
  Optional<FrameStream> open(FrameStream.Listener listener);

  /** Number of addresses at which the gateway may be. */
  default int addresses() {
    return 1;
  }

  /** An attempt did not reach the gateway: the next one may go to another address. */
  default void failed(FrameStream attempt) {
    // One address has no other.
  }

  /** Closes the connection and its streams. */
  void close();
}
