package org.entente.loadtests.federation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Three processes that run the gateway of one agency of a federation, in the place of its single
 * one. At the address of that one's clients a forwarder leads to whichever process serves.
 * Thread-safe. Closing kills what runs.
 */
public final class GatewayCluster implements AutoCloseable {
  private static final List<String> NODES = List.of("n1", "n2", "n3");
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofMinutes(1);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final int OK = 200;

  private final FreePorts ports = new FreePorts(new SecureRandom());
  private final Map<String, NodePlan> plans = new LinkedHashMap<>();
  private final Map<String, GatewayProcess> running = new ConcurrentHashMap<>();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private final LeadForwarder forwarder;

  /** Writes the configurations of the three, whose first one has the keys of the single one. */
  public GatewayCluster(NodePlan alone) {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    ArrayNode nodes = yaml.createArrayNode();
    NODES.forEach(name -> nodes.addObject().put("name", name).put("address", ports.address()));
    try {
      ObjectNode single = (ObjectNode) yaml.readTree(alone.config().toFile());
      for (String name : NODES) {
        plans.put(name, write(yaml, alone, single.deepCopy(), name, nodes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    forwarder = new LeadForwarder(address(alone.clients()).getPort(), this::leadersClientPort);
  }

  private NodePlan write(
      ObjectMapper yaml, NodePlan alone, ObjectNode tree, String name, ArrayNode nodes)
      throws IOException {
    Path own = Files.createDirectories(alone.folder().resolveSibling(alone.agency() + "-" + name));
    ObjectNode listen = (ObjectNode) tree.path("listen");
    listen
        .put("clients", ports.address())
        .put("admin", ports.address())
        .put("peers", ports.address());
    tree.put("data", own.resolve("data").toString());
    tree.put("audit", own.resolve("audit").toString());
    if (!name.equals(NODES.get(0))) {
      tree.put("keystore", own.resolve("keystore").toString());
    }
    tree.remove(List.of("attachments", "backup"));
    tree.putObject("cluster")
        .put("node", name)
        .put("log", own.resolve("log").toString())
        .put("mark", own.resolve("mark").toString())
        .set("nodes", nodes);
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

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** Starts those that do not run, and returns when all take part. */
  public void start() {
    plans.forEach(
        (name, plan) ->
            running.computeIfAbsent(
                name,
                unused -> GatewayProcess.start(plan, Machine.QUICK_START, List.of(), Map.of())));
    running.values().forEach(process -> process.awaitReady(START));
  }

  /** The configurations of the three, to start them by another program than this build. */
  public List<Path> configurations() {
    return plans.values().stream().map(NodePlan::config).toList();
  }

  /** The process that serves; empty while none does. */
  public Optional<String> leader() {
    return plans.keySet().stream().filter(this::serves).findFirst();
  }

  private boolean serves(String name) {
    NodePlan plan = plan(name);
    try {
      return http.send(
                  HttpRequest.newBuilder(URI.create("http://" + plan.admin() + "/readyz"))
                      .timeout(ANSWER)
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == OK;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Optional<InetSocketAddress> leadersClientPort() {
    return leader().map(name -> address(plan(name).clients()));
  }

  private NodePlan plan(String name) {
    return Optional.ofNullable(plans.get(name)).orElseThrow();
  }

  /**
   * Waits until one of them serves.
   *
   * @return its name
   */
  public String awaitLeader() {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end) {
      Optional<String> leader = leader();
      if (leader.isPresent()) {
        return leader.get();
      }
    }
    throw new AssertionError("no process serves after " + START);
  }

  /** Ends one with SIGKILL; gone on return. */
  public void kill(String name) {
    Optional.ofNullable(running.remove(name)).orElseThrow().kill();
  }

  /**
   * Stops all with SIGTERM, the one that serves first.
   *
   * @return how the one that served is set up, as its copy of the ledger has everything
   */
  public NodePlan stop() {
    String leader = awaitLeader();
    stop(leader);
    List.copyOf(running.keySet()).forEach(this::stop);
    return plan(leader);
  }

  private void stop(String name) {
    GatewayProcess process = Optional.ofNullable(running.remove(name)).orElseThrow();
    process.askToStop();
    if (!process.awaitStop(STOP)) {
      throw new AssertionError(name + " did not stop when asked");
    }
  }

  @Override
  public void close() {
    running.values().forEach(GatewayProcess::kill);
    running.clear();
    forwarder.close();
    ports.close();
  }
}
