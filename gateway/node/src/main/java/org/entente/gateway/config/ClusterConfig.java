package org.entente.gateway.config;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * The machines that run one gateway together. The same on all of them, except {@code node} and the
 * paths.
 *
 * @param node name of this machine among {@code nodes}
 * @param nodes all machines, this one included: 1 to 7
 * @param log folder of the replicated log; its disk decides how fast messages are accepted
 * @param mark file that says how far this node has got; on another disk than {@code log} and {@code
 *     data} if possible
 * @param electionTimeoutMillis how long a node waits for the leader before it stands for election,
 *     and at most twice that, 1,000 by default, 300 to 60,000
 * @param flushMib MiB of log after which the copy in {@code data} is flushed and the log shortened,
 *     256 by default, 32 to 65,536
 * @param join whether this machine waits until it is added, or put into the place of another one
 * @param id of the cluster that it waits for; null if that began with empty machines
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ClusterConfig(
    String node,
    List<Machine> nodes,
    Path log,
    Path mark,
    @OrDefault int electionTimeoutMillis,
    @OrDefault int flushMib,
    @Nullable Boolean join,
    @Nullable String id) {
  /** Most machines of a cluster: each commit waits for most of them. */
  public static final int MOST_MACHINES = 7;

  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern ADDRESS = Pattern.compile("\\S{1,253}:[0-9]{1,5}");
  private static final int LAST_PORT = 65_535;

  /**
   * One machine.
   *
   * @param name its name within the cluster
   * @param address {@code host:port} where it listens for the others, and at which they reach it
   */
  public record Machine(String name, String address) {
    public Machine {
      Objects.requireNonNull(name, "cluster.nodes.name");
      Objects.requireNonNull(address, "cluster.nodes.address");
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "cluster.nodes.name is "
                + InvalidValue.printable(name)
                + "; valid are up to 63 small letters, digits and hyphens, such as fr-1");
      }
      if (!isAddress(address)) {
        throw new IllegalArgumentException(
            "cluster.nodes.address is "
                + InvalidValue.printable(address)
                + "; valid is host:port with a port of its own, such as 10.0.0.1:9450");
      }
    }

    private static boolean isAddress(String address) {
      if (!ADDRESS.matcher(address).matches()) {
        return false;
      }
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      return port > 0 && port <= LAST_PORT;
    }
  }

  public ClusterConfig {
    Objects.requireNonNull(node, "cluster.node");
    Objects.requireNonNull(log, "cluster.log");
    Objects.requireNonNull(mark, "cluster.mark");
    nodes = nodes == null ? List.of() : List.copyOf(nodes);
    if (nodes.isEmpty() || nodes.size() > MOST_MACHINES) {
      throw new IllegalArgumentException(
          "cluster.nodes has %d machines; it must have 1 to %d, and 3, 5 or 7 to survive failures"
              .formatted(nodes.size(), MOST_MACHINES));
    }
    if (id != null && !ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "cluster.id is "
              + InvalidValue.printable(id)
              + "; valid are the 32 hexadecimal digits that `entente cluster init` printed");
    }
    requireDistinct("name", nodes.stream().map(Machine::name).toList());
    requireDistinct("address", nodes.stream().map(Machine::address).toList());
    if (!nodes.stream().map(Machine::name).toList().contains(node)) {
      throw new IllegalArgumentException(
          "cluster.node is "
              + InvalidValue.printable(node)
              + "; it must be one of cluster.nodes: "
              + nodes.stream().map(Machine::name).collect(Collectors.joining(", ")));
    }
    electionTimeoutMillis =
        ConfigBounds.bounded(
            "cluster.election_timeout_millis", electionTimeoutMillis, 1_000, 300, 60_000);
    flushMib = ConfigBounds.bounded("cluster.flush_mib", flushMib, 256, 32, 65_536);
  }

  private static void requireDistinct(String what, List<String> values) {
    Set<String> seen = new HashSet<>();
    for (String value : values) {
      if (!seen.add(value)) {
        throw new IllegalArgumentException(
            "cluster.nodes has the "
                + what
                + " "
                + InvalidValue.printable(value)
                + " twice; each machine needs its own");
      }
    }
  }

  /** The addresses of all machines, by name. */
  public Map<String, String> addresses() {
    return nodes.stream().collect(Collectors.toUnmodifiableMap(Machine::name, Machine::address));
  }

  /** {@link #join}, false by default. */
  public boolean joins() {
    return Boolean.TRUE.equals(join);
  }

  /** Where this machine listens for the others. */
  public String address() {
    return nodes.stream()
        .filter(machine -> machine.name().equals(node))
        .map(Machine::address)
        .findFirst()
        .orElseThrow();
  }

  ClusterConfig copy(UnaryOperator<Path> place) {
    return new ClusterConfig(
        node,
        nodes,
        place.apply(log),
        place.apply(mark),
        electionTimeoutMillis,
        flushMib,
        join,
        id);
  }

  /** Checks it against the rest of the configuration. */
  void requireFit(
      Path data,
      Path keystore,
      String clients,
      @Nullable String peers,
      @Nullable Path attachments) {
    requirePort("listen.clients", clients);
    if (peers != null) {
      requirePort("listen.peers", peers);
    }
    if (attachments != null) {
      requireApart("attachments.folder", attachments, "data", data);
      requireApart("attachments.folder", attachments, "cluster.log", log);
    }
    requireApart("cluster.log", log, "data", data);
    requireApart("cluster.log", log, "keystore", keystore);
    requireOutside("data", data);
    requireOutside("cluster.log", log);
  }

  private static void requirePort(String field, String address) {
    if (address.endsWith(":0")) {
      throw new IllegalArgumentException(
          field + " is " + address + "; in a cluster it needs a port that stays the same");
    }
  }

  private static void requireApart(String field, Path own, String other, Path its) {
    Path one = own.toAbsolutePath().normalize();
    Path two = its.toAbsolutePath().normalize();
    if (one.startsWith(two) || two.startsWith(one)) {
      throw new IllegalArgumentException(
          "%s is %s and %s is %s; neither may be inside the other"
              .formatted(field, own, other, its));
    }
  }

  /** Lost with what it is to tell the loss of, it would tell nothing. */
  private void requireOutside(String field, Path folder) {
    if (mark.toAbsolutePath().normalize().startsWith(folder.toAbsolutePath().normalize())) {
      throw new IllegalArgumentException(
          "cluster.mark is %s; it must not be inside %s, %s, whose loss it shows"
              .formatted(mark, field, folder));
    }
  }
}
