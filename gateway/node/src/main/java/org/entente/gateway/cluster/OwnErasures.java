package org.entente.gateway.cluster;

import java.io.IOException;

/** This node's own erasure journal. Safe for many threads. */
public interface OwnErasures extends ErasureAppender {
  /**
   * Has another journal take all records that were durable in this one when the call began.
   *
   * @throws IOException if they cannot be read here, or may not be on the disk there
   */
  void sendTo(ErasureAppender other) throws IOException;
}
