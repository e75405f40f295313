package org.entente.gateway.cluster;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.store.RocksOptions;
import org.jspecify.annotations.Nullable;

/**
 * What a node of a cluster needs to know.
 *
 * @param group name of the gateway, the same on all its nodes
 * @param self name of this node
 * @param nodes names of all nodes, this one included, with the addresses where they listen for each
 *     other, as {@code host:port}; what the log of the cluster says counts more, once there is one
 * @param joins if this node was not there when the cluster began, and waits to be added to it: the
 *     id of that cluster, empty if it has none
 * @param folders where this node keeps what
 * @param limits times and sizes
 * @param tls how nodes prove who they are
 * @param attachments if the gateway takes any
 */
public record ClusterSettings(
    String group,
    String self,
    Map<String, String> nodes,
    @Nullable String joins,
    Folders folders,
    Limits limits,
    Tls tls,
    @Nullable Attachments attachments) {
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(300);

  /** A cluster that begins with empty machines has at least so many: all know of all others. */
  private static final int LEAST_EMPTY = 3;

  /**
   * Where a node keeps what.
   *
   * @param data for copies of the store; may be a mount point
   * @param log folder of the replicated log
   * @param data folder of this node's copy of the store
   * @param mark file that says how far this node has got, on another disk than the two if possible
   */
  public record Folders(Path log, Path data, Path mark) {
    /** Beside the mark: which keys this node had. */
    Path keyMark() {
      return mark.resolveSibling(mark.getFileName() + "-keys");
    }

    /** Beside the mark: that this node has had a folder of attachments. */
    Path attachmentsMark() {
      return mark.resolveSibling(mark.getFileName() + "-attachments");
    }

    /** Where a node whose folder for copies is {@code data} keeps the one in use. */
    public static Path copyIn(Path data) {
      return ReplicaFolder.copyIn(data);
    }

    /** Whether {@code data} holds a node's copy, and not the ledger of a machine alone. */
    public static boolean holdsCopy(Path data) {
      return ReplicaFolder.holdsCopy(data);
    }

    /** What to repeat, as it was interrupted, before anything uses {@code data}; else empty. */
    public static Optional<String> unfinished(Path data) {
      return ReplicaFolder.unfinished(data);
    }

    /** Whether a keystore is, or was, that of a node. */
    public static boolean isOfNode(Path keystore) {
      return Files.exists(keystore.resolve(NodeKeys.FILE));
    }
  }

  /**
   * Where attachments are kept.
   *
   * @param room bytes that they leave free on their disk
   */
  public record Attachments(Path folder, long room) {}

  /**
   * Times and sizes.
   *
   * @param store resources of the copy
   * @param electionTimeout how long a node waits for the leader before it stands for election; up
   *     to twice that, so that not all stand at once; from 300 ms
   * @param flushBytes bytes of entries after which the copy is flushed and the log shortened
   */
  public record Limits(RocksOptions store, Duration electionTimeout, long flushBytes) {
    /** Checks the bounds. */
    public Limits {
      if (electionTimeout.compareTo(LEAST_TIMEOUT) < 0) {
        throw new IllegalArgumentException(
            "electionTimeout is " + electionTimeout + "; it must be at least " + LEAST_TIMEOUT);
      }
      if (flushBytes < 1) {
        throw new IllegalArgumentException("flushBytes is " + flushBytes + "; it must be positive");
      }
    }

    /**
     * For how long a leader may act on the last answer of a majority, and for how long the next one
     * waits before it serves: half of the election time-out.
     */
    Duration lease() {
      return electionTimeout.dividedBy(2);
    }

    /** 1 s, so that a leader that dies is followed within 5 s; 256 MiB of log. */
    public static Limits defaults() {
      return new Limits(RocksOptions.defaults(), Duration.ofSeconds(1), 256L << 20);
    }
  }

  /**
   * The certificate of this node, and whom it takes for another node of its cluster. Both sides of
   * a connection are checked.
   */
  public record Tls(X509ExtendedKeyManager identity, X509ExtendedTrustManager trust) {}

  /** Checks that this node is one of them. */
  public ClusterSettings {
    nodes = Map.copyOf(nodes);
    if (!nodes.containsKey(self)) {
      throw new IllegalArgumentException(
          "node " + self + " is not among the nodes of the cluster: " + nodes.keySet());
    }
  }

  /**
   * The settings of a node whose ledger says this of its cluster. Only the machine that a cluster
   * began with may lead it alone before the log says who the others are. So a configuration by
   * itself makes no machine of a larger cluster a leader.
   */
  ClusterSettings of(Optional<ClusterId> ledger) {
    if (ledger.isPresent()) {
      ClusterId its = ledger.get();
      boolean first = its.first().equals(self);
      Map<String, String> known = first ? Map.of(self, nodes.getOrDefault(self, "")) : nodes;
      return with(its.id(), known, first ? null : its.id());
    }
    String id = joins;
    if (id != null) {
      return with(id, nodes, id);
    }
    return mayBeginEmpty() ? this : with("", nodes, "");
  }

  /** Whether these are all machines of a cluster that begins with empty ones. */
  boolean mayBeginEmpty() {
    return joins == null && nodes.size() >= LEAST_EMPTY;
  }

  /** Whether this node may lead alone: the first one, until the log says otherwise. */
  boolean isFirst() {
    return joins == null && nodes.size() == 1;
  }

  private ClusterSettings with(String id, Map<String, String> known, @Nullable String waitsFor) {
    String cluster = id.isEmpty() ? group : group + " " + id;
    return new ClusterSettings(cluster, self, known, waitsFor, folders, limits, tls, attachments);
  }

  /** Where this node listens. */
  InetSocketAddress address() {
    String address = nodes.getOrDefault(self, "");
    int colon = address.lastIndexOf(':');
    return InetSocketAddress.createUnresolved(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }
}
