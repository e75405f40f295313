package org.entente.gateway.link;

import java.util.Optional;

/**
 * Opens streams to one gateway: over gRPC in a node ({@link PeerDialler}), over a simulated network
 * in a simulation. Thread-safe.
 */
public interface Dialler {
  /** The gateway to which the streams lead, as the transport proves. */
  PeerName peer();

  /**
   * Opens a stream; of a failure its listener hears.
   *
   * @return empty if the dialler has been closed
   */
  Optional<FrameStream> open(FrameStream.Listener listener);

  /** Closes what it needs for its streams, and those with it. */
  void close();
}
