package org.entente.gateway.cluster;

import java.io.IOException;

/** A node's erasure journal, as other nodes add to it. Safe for many threads. */
@FunctionalInterface
public interface ErasureAppender {
  /**
   * Adds records; they are durable on return.
   *
   * @throws IOException if they may not be on the disk
   */
  void append(byte[] records) throws IOException;
}
