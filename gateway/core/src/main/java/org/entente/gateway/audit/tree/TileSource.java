package org.entente.gateway.audit.tree;

import java.util.Optional;

/** Serves resources of a log by their C2SP tlog-tiles path, wherever the log is. */
@FunctionalInterface
public interface TileSource {

  /**
   * The resource at a path without leading slash; empty when the source says that it has none. A
   * source that cannot be asked throws an exception of its own.
   */
  Optional<byte[]> read(String path);
}
