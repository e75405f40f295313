package org.entente.loadtests.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.federation.GatewayCluster;
import org.junit.jupiter.api.Assumptions;

/**
 * Hosts that are network namespaces of this machine, joined by a bridge, so that a test can cut the
 * way from one to another and leave the way back. It takes root, {@code ip} and {@code iptables};
 * where they are missing the test is skipped.
 */
public final class NetworkHosts implements GatewayCluster.Hosts, AutoCloseable {
  private static final int NETWORKS = 250;

  /** The range for tests of networks (RFC 2544), which nobody else uses. */
  private static final String RANGE = "198.18.";

  private final Map<String, String> addresses = new HashMap<>();
  private final List<List<String>> undo = new ArrayList<>();
  private final String prefix;

  private NetworkHosts(String prefix) {
    this.prefix = prefix;
  }

  /** Makes hosts with these names. */
  public static NetworkHosts of(List<String> names) {
    int network = 1 + new SecureRandom().nextInt(NETWORKS);
    NetworkHosts hosts = new NetworkHosts("ent" + network);
    try {
      hosts.make(network, names);
      return hosts;
    } catch (IOException e) {
      hosts.close();
      return Assumptions.abort(
          "missing: network namespaces (root, ip, iptables): " + e.getMessage());
    }
  }

  private void make(int network, List<String> names) throws IOException {
    String bridge = prefix + "b";
    run("ip", "link", "add", bridge, "type", "bridge");
    undo.add(List.of("ip", "link", "del", bridge));
    run("ip", "addr", "add", RANGE + network + ".254/24", "dev", bridge);
    run("ip", "link", "set", bridge, "up");
    for (int i = 0; i < names.size(); i++) {
      String host = prefix + names.get(i);
      String address = RANGE + network + "." + (i + 1);
      run("ip", "netns", "add", host);
      undo.add(List.of("ip", "netns", "del", host));
      run("ip", "link", "add", host, "type", "veth", "peer", "name", "e0", "netns", host);
      run("ip", "link", "set", host, "master", bridge, "up");
      run("ip", "-n", host, "addr", "add", address + "/24", "dev", "e0");
      run("ip", "-n", host, "link", "set", "e0", "up");
      run("ip", "-n", host, "link", "set", "lo", "up");
      addresses.put(names.get(i), address);
      heal(names.get(i));
    }
  }

  @Override
  public String host(String node) {
    return addresses.getOrDefault(node, "");
  }

  @Override
  public List<String> within(String node) {
    return List.of("ip", "netns", "exec", prefix + node);
  }

  /** One hears nothing more from another, also on connections that are open. */
  public void cut(String from, String to) throws IOException {
    tables(to, "-A", "INPUT", "-s", host(from), "-j", "DROP");
  }

  /** Two hear nothing more from each other. */
  public void part(String one, String other) throws IOException {
    cut(one, other);
    cut(other, one);
  }

  /** One hears all others again. */
  public void heal(String host) throws IOException {
    tables(host, "-F", "INPUT");
  }

  private void tables(String host, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(within(host));
    command.add("iptables");
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  /** Removes them. */
  @Override
  public void close() {
    for (List<String> command : undo) {
      try {
        run(command.toArray(String[]::new));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
