package org.entente.gateway.node.assembly;

import java.util.List;
import java.util.Optional;

/**
 * Decides when the node of a process is open. {@link LocalNode} keeps one open as long as its disk
 * works, {@link ClusterMember} while this machine leads its cluster. Safe for many threads.
 */
interface NodeHolder extends AutoCloseable {
  /** The open node; empty while there is none. */
  Optional<RunningNode> node();

  /** Where an open node listens. */
  ListenAddresses addresses();

  /** Why there is no open node, for an operator. */
  String down();

  /** What an operator should know of the machines of this gateway, although it works. */
  default List<String> warnings() {
    return List.of();
  }

  /** The state of the cluster as this machine knows it, as JSON; empty without a cluster. */
  default Optional<String> cluster() {
    return Optional.empty();
  }

  /** Opens or closes the node if that is due. Called twice a second. */
  void look();

  /** Runs every periodic task once, now, on this thread, whatever its period. */
  default void doChores() {
    node().ifPresent(RunningNode::doChores);
  }

  /**
   * Closes the node for good: refuses further client calls, makes everything accepted durable and
   * signs a last checkpoint.
   */
  @Override
  void close();
}
