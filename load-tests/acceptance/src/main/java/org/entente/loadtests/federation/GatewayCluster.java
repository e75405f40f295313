package org.entente.loadtests.federation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * Three processes that run the gateway of one agency of a federation, in the place of its single
 * one. At the addresses of that one a forwarder leads to whichever process serves. Thread-safe.
 * Closing kills what runs.
 */
public final class GatewayCluster implements AutoCloseable {
  /** The names of the three. */
  public static final List<String> NODES = List.of("n1", "n2", "n3");

  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofMinutes(1);

  /** Where the three run. */
  public interface Hosts {
    /** All on this machine. */
    Hosts LOOPBACK =
        new Hosts() {
          @Override
          public String host(String node) {
            return "127.0.0.1";
          }

          @Override
          public List<String> within(String node) {
            return List.of();
          }
        };

    /** The address of one, which this process reaches too. */
    String host(String node);

    /** The command that runs a command there; empty for none. */
    List<String> within(String node);
  }

  private final Hosts hosts;
  private final Machine machine;
  private final FreePorts ports = new FreePorts(new SecureRandom());
  private final NodePlan alone;
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private final Map<String, NodePlan> plans = new ConcurrentSkipListMap<>();
  private final Map<String, GatewayProcess> running = new ConcurrentHashMap<>();
  private final LeaderWatch watch;
  private final List<LeadForwarder> forwarders = new CopyOnWriteArrayList<>();

  /** Locked while a process starts, so that none starts during closing. */
  private final Object starts = new Object();

  private boolean closed;

  /** Writes the configurations of the three, whose first one has the keys of the single one. */
  public GatewayCluster(NodePlan alone) {
    this(alone, Hosts.LOOPBACK);
  }

  /** The same on hosts of their own. */
  public GatewayCluster(NodePlan alone, Hosts hosts) {
    this(alone, hosts, Machine.QUICK_START);
  }

  /** The same with these settings of their virtual machines. */
  GatewayCluster(NodePlan alone, Hosts hosts, Machine machine) {
    this.hosts = hosts;
    this.machine = machine;
    this.alone = alone;
    NODES.forEach(name -> addresses.put(name, address(name)));
    NODES.forEach(name -> plans.put(name, write(name, /* join= */ false)));
    watch = new LeaderWatch(plans.values(), () -> forwarders.forEach(LeadForwarder::endAll));
    forwarders.add(new LeadForwarder(alone.clients(), () -> watch.leader().map(NodePlan::clients)));
    if (alone.peers() != null) {
      forwarders.add(new LeadForwarder(alone.peers(), () -> watch.leader().map(NodePlan::peers)));
    }
  }

  private String address(String node) {
    return ports.address().replaceFirst("[^:]+", hosts.host(node));
  }

  private NodePlan write(String name, boolean join) {
    try {
      ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
      return write(yaml, (ObjectNode) yaml.readTree(alone.config().toFile()), name, join);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NodePlan write(ObjectMapper yaml, ObjectNode tree, String name, boolean join)
      throws IOException {
    Path own = Files.createDirectories(alone.folder().resolveSibling(alone.agency() + "-" + name));
    ObjectNode listen = (ObjectNode) tree.path("listen");
    listen.put("clients", address(name)).put("admin", address(name)).put("peers", address(name));
    tree.put("data", own.resolve("data").toString());
    tree.put("audit", own.resolve("audit").toString());
    if (!name.equals(NODES.get(0))) {
      tree.put("keystore", own.resolve("keystore").toString());
    }
    tree.remove(List.of("attachments", "backup"));
    ObjectNode cluster = tree.putObject("cluster");
    cluster
        .put("node", name)
        .put("join", join)
        .put("log", own.resolve("log").toString())
        .put("mark", own.resolve("mark").toString());
    ArrayNode nodes = cluster.putArray("nodes");
    addresses.forEach((one, at) -> nodes.addObject().put("name", one).put("address", at));
    Path config = own.resolveSibling(own.getFileName() + ".yaml");
    yaml.writeValue(config.toFile(), tree);
    return new NodePlan(
        alone.agency(),
        config,
        listen.path("clients").asText(),
        listen.path("peers").asText(),
        listen.path("admin").asText(),
        own,
        own.resolveSibling(own.getFileName() + ".log"),
        alone.scopes());
  }

  /**
   * Starts those that do not run, and returns when all take part.
   *
   * @throws CommandFailure with the last lines of the log of one that did not start; or if the
   *     cluster is closed, because an interrupted command must not leave a process
   */
  public void start() {
    synchronized (starts) {
      if (closed) {
        throw new CommandFailure("stopped before the machines were started");
      }
      plans.forEach(
          (name, plan) ->
              running.computeIfAbsent(
                  name,
                  unused ->
                      GatewayProcess.start(
                          plan, hosts.within(name), machine, List.of(), Map.of())));
    }
    running.values().forEach(process -> process.awaitReady(START));
  }

  /**
   * Ends one with SIGKILL, deletes all that it had, and starts a machine without anything that is
   * to take its place.
   *
   * @return the address of the new one, which is that of the lost one
   */
  public String loseForGood(String lost, String next) {
    NodePlan gone = plan(lost);
    kill(lost);
    plans.remove(lost);
    String address = Optional.ofNullable(addresses.remove(lost)).orElseThrow();
    addresses.put(next, address);
    ThrowawayFolder.delete(gone.folder());
    NodePlan plan = write(next, /* join= */ true);
    plans.put(next, plan);
    watch.add(plan);
    start();
    return address;
  }

  /** The configurations of the three, to start them by another program than this build. */
  public List<Path> configurations() {
    return plans.values().stream().map(NodePlan::config).toList();
  }

  /** The names of those that run. */
  public List<String> running() {
    return List.copyOf(new TreeSet<>(running.keySet()));
  }

  /** The names of those that ended unexpectedly. */
  public List<String> crashed() {
    return running().stream().filter(name -> !process(name).isAlive()).toList();
  }

  private GatewayProcess process(String name) {
    return Optional.ofNullable(running.get(name)).orElseThrow();
  }

  /** The processes that run. */
  public List<Long> pids() {
    return running.values().stream().map(GatewayProcess::pid).toList();
  }

  /** How one is set up. */
  public NodePlan plan(String name) {
    return Optional.ofNullable(plans.get(name)).orElseThrow();
  }

  /**
   * Waits until one of them serves.
   *
   * @return its name
   * @throws CommandFailure if none does
   */
  public String awaitLeader() throws InterruptedException {
    return awaitLeaderOtherThan("");
  }

  /** The same for another leader than the last one. */
  public String awaitLeaderOtherThan(String last) throws InterruptedException {
    NodePlan leader =
        watch
            .await(plan -> !plan.equals(plans.get(last)), START)
            .orElseThrow(() -> new CommandFailure("no machine serves after " + START));
    return plans.entrySet().stream()
        .filter(one -> one.getValue().equals(leader))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** Ends one with SIGKILL; gone on return. */
  public void kill(String name) {
    GatewayProcess process = process(name);
    running.remove(name);
    process.kill();
  }

  /** Stops all threads of one with SIGSTOP, as a machine that hangs. */
  public void freeze(String name) {
    process(name).signal("STOP");
  }

  /** Ends {@link #freeze}. */
  public void thaw(String name) {
    process(name).signal("CONT");
  }

  /**
   * Stops all with SIGTERM, the one that serves first.
   *
   * @return how the one that served is set up, as its copy of the ledger has everything
   * @throws CommandFailure if one did not stop in time
   */
  public NodePlan stop() throws InterruptedException {
    String leader = awaitLeader();
    stop(leader);
    running().forEach(this::stop);
    return plan(leader);
  }

  private void stop(String name) {
    GatewayProcess process = process(name);
    running.remove(name);
    process.askToStop();
    if (!process.awaitStop(STOP)) {
      throw new CommandFailure(name + " did not stop when asked");
    }
  }

  @Override
  public void close() {
    synchronized (starts) {
      closed = true;
    }
    running.values().forEach(GatewayProcess::kill);
    running.clear();
    forwarders.forEach(LeadForwarder::close);
    watch.close();
    ports.close();
  }
}
