package org.entente.gateway.audit.tree;

import java.util.Optional;

/** Source of a log's resources by C2SP tlog-tiles path, local or remote. */
@FunctionalInterface
public interface TileSource {

  /**
   * The resource at a path without leading slash; empty when the source says that it has none. An
   * unreachable source throws its own exception.
   */
  Optional<byte[]> read(String path);
}
