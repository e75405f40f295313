package org.entente.loadtests.federation;

import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;

/**
 * A throwaway federation on loopback: minted keys, and one process per gateway, which can be killed
 * and restarted. It writes only into its folder. Thread-safe. {@link #close()} ends every process
 * and channel and leaves the folder.
 */
public final class Federation implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(3);
  private static final String GATEWAY = "gateway-1";
  private static final Duration STOP = Duration.ofMinutes(1);

  private final Map<String, NodePlan> plans;
  private final FederationMaterial minted;
  private final Machine machine;

  /** Reserved until the federation is closed, whether its gateways run or not. */
  private final FreePorts ports;

  private final Map<String, GatewayProcess> running = new ConcurrentHashMap<>();
  private final Collection<ManagedChannel> channels = new ArrayList<>();
  private final Collection<GatewayCluster> clusters = new CopyOnWriteArrayList<>();

  /** Locked while a process starts, so that none starts during closing. */
  private final Object starts = new Object();

  private boolean closed;

  private Federation(
      Map<String, NodePlan> plans, FederationMaterial minted, Machine machine, FreePorts ports) {
    this.machine = machine;
    this.ports = ports;
    this.plans = plans;
    this.minted = minted;
  }

  /** Mints keys and writes configurations for every sample in {@code config/nodes}. */
  public static Federation mint(ConfigurationHome home, Path folder) {
    return mint(home, folder, Machine.QUICK_START);
  }

  /** The same with gateways on Java machines set in a certain way. */
  public static Federation mint(ConfigurationHome home, Path folder, Machine machine) {
    return mint(home, folder, machine, List.of());
  }

  /**
   * The same with further agencies in the trust bundle that have keys but no plan: their gateways
   * cannot start.
   */
  public static Federation mint(
      ConfigurationHome home, Path folder, Machine machine, List<FederationSpec.Agency> further) {
    return mint(Blueprint.ofSamples(home), folder, machine, further);
  }

  /** Mints keys and writes configurations for a blueprint. */
  public static Federation mint(Blueprint blueprint, Path folder) {
    return mint(blueprint, folder, Machine.QUICK_START, List.of());
  }

  private static Federation mint(
      Blueprint blueprint, Path folder, Machine machine, List<FederationSpec.Agency> further) {
    FreePorts ports = new FreePorts(new SecureRandom());
    NodePlans plans = NodePlans.of(blueprint, folder, ports);
    FederationMaterial minted =
        FederationMaterial.mint(blueprint, folder, plans.peerAddresses(), further);
    return new Federation(plans.write(minted), minted, machine, ports);
  }

  /** All agencies, including those that do not run. */
  public Set<String> agencies() {
    return new TreeSet<>(plans.keySet());
  }

  /** How a node is set up. */
  public NodePlan plan(String agency) {
    NodePlan plan = plans.get(agency);
    if (plan == null) {
      throw new IllegalArgumentException(agency + " is not an agency of this federation");
    }
    return plan;
  }

  /**
   * Starts gateways side by side and returns when all are ready.
   *
   * @throws CommandFailure with the last lines of the log of a gateway that did not start; or if
   *     the federation is closed, because an interrupted command must not leave a process
   */
  public void start(Collection<String> agencies) {
    agencies.forEach(this::launch);
    awaitReady(agencies);
  }

  /**
   * Starts a gateway and does not wait until it is ready.
   *
   * @throws CommandFailure when the federation is closed
   */
  public void launch(String agency) {
    launch(agency, List.of(), Map.of());
  }

  /**
   * The same with further variables in the process's environment.
   *
   * @throws CommandFailure when the federation is closed
   */
  public void launchIn(String agency, Map<String, String> environment) {
    launch(agency, List.of(), environment);
  }

  /**
   * The same with classes that precede the gateway's own on the class path, as in another release.
   *
   * @throws CommandFailure when the federation is closed
   */
  public void launchWith(String agency, Path classes) {
    launch(agency, List.of(classes), Map.of());
  }

  private void launch(String agency, List<Path> before, Map<String, String> environment) {
    synchronized (starts) {
      if (closed) {
        throw new CommandFailure("stopped before the gateway of " + agency + " was started");
      }
      running.put(
          agency, GatewayProcess.start(plan(agency), List.of(), machine, before, environment));
    }
  }

  /**
   * Waits until gateways that were started are ready.
   *
   * @throws CommandFailure with the last lines of the log of a gateway that did not start
   */
  public void awaitReady(Collection<String> agencies) {
    agencies.forEach(agency -> process(agency).awaitReady(START));
  }

  private GatewayProcess process(String agency) {
    GatewayProcess process = running.get(agency);
    if (process == null) {
      throw new IllegalArgumentException(agency + " does not run");
    }
    return process;
  }

  /** Ends a gateway with SIGKILL; gone on return. */
  public void kill(String agency) {
    GatewayProcess process = running.remove(agency);
    if (process == null) {
      throw new IllegalArgumentException(agency + " does not run");
    }
    process.kill();
  }

  /** The gateways that run or ended unexpectedly. */
  public Set<String> running() {
    return new TreeSet<>(running.keySet());
  }

  /** Process id of a gateway that runs. */
  public long pid(String agency) {
    return process(agency).pid();
  }

  /** The gateways that ended unexpectedly. */
  public List<String> crashed() {
    return running.entrySet().stream()
        .filter(entry -> !entry.getValue().isAlive())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** Stops all gateways with SIGTERM; returns those that did not end in time and were killed. */
  public List<String> stop() {
    Map<String, GatewayProcess> stopping = new TreeMap<>(running);
    running.clear();
    stopping.values().forEach(GatewayProcess::askToStop);
    List<String> stubborn = new ArrayList<>();
    stopping.forEach(
        (agency, process) -> {
          if (!process.awaitStop(STOP)) {
            stubborn.add(agency);
          }
        });
    return stubborn;
  }

  /**
   * Stops a gateway with SIGTERM; gone on return.
   *
   * @throws CommandFailure if it did not end in time and was killed
   */
  public void stop(String agency) {
    GatewayProcess process = process(agency);
    running.remove(agency);
    process.askToStop();
    if (!process.awaitStop(STOP)) {
      throw new CommandFailure("the gateway of " + agency + " did not stop");
    }
  }

  /**
   * Three machines for the gateway of an agency, in the place of its single one; closed with the
   * federation.
   */
  public GatewayCluster cluster(String agency) {
    GatewayCluster cluster =
        new GatewayCluster(plan(agency), GatewayCluster.Hosts.LOOPBACK, machine);
    clusters.add(cluster);
    return cluster;
  }

  /** Folder of a client's credentials. */
  public Path credentials(String agency, String client) {
    return minted.client(agency, client);
  }

  /** The folder with the certificate, key and keystore of an agency's first gateway. */
  public Path gatewayFolder(String agency) {
    return minted.gateway(agency, GATEWAY);
  }

  /** A gateway's own credentials with its agency's CA. */
  public Credentials gatewayCredentials(String agency) {
    return minted.gatewayCredentials(agency, GATEWAY);
  }

  /** A new channel of a client to its agency's gateway; closed with the federation. */
  public ManagedChannel channel(String agency, String client) {
    ManagedChannel channel =
        Channels.open(plan(agency).clients(), Credentials.in(credentials(agency, client)));
    synchronized (channels) {
      channels.add(channel);
    }
    return channel;
  }

  /** Closes all channels. */
  public void disconnect() {
    synchronized (channels) {
      channels.forEach(ManagedChannel::shutdownNow);
      channels.clear();
    }
  }

  @Override
  public void close() {
    synchronized (starts) {
      closed = true;
    }
    disconnect();
    clusters.forEach(GatewayCluster::close);
    stop();
    ports.close();
  }
}
