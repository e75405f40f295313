package org.entente.gateway.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.simulation.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The nodes of one cluster under faults that a seed decides, then without faults until all is in
 * order. Each node runs the production classes: {@link LedgerStateMachine}, {@link
 * ReplicatedStore}, {@link LeaderKeys}, {@link NodeKeys}, {@link LeaderLease} and {@link
 * ProgressMark}. Simulated are Raft, disks, network and clocks. All runs in one thread, so a seed
 * repeats. Every rule that is broken is an {@link AssertionError}.
 */
public final class ClusterSimulation {
  static final int NODES = 3;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long FAULTS_FROM = 4 * SECOND;
  private static final long FAULTS_UNTIL = 24 * SECOND;
  private static final long QUIET_FROM = 50 * SECOND;
  private static final long END = 60 * SECOND;
  private static final long MOST_CLOCK_ERROR = 36L * 3_600 * SECOND;
  private static final int MOST_FAULTS = 12;

  /** What a run came to. */
  public record Result(long messages, long events, String chain, Map<String, Integer> happened) {}

  private enum Fault {
    KILL,
    POWER,
    POWER_OF_ALL,
    RESTART,
    ISOLATE,
    ONE_WAY,
    LOSSES,
    FREEZE,
    SLOW_DISK,
    FULL_DISK,
    FULL_LOG,
    FLIP,
    WALL_CLOCK,
    LEAD_LOST_AND_WON,
    LEAD_AFTER_ABSENCE
  }

  private final VirtualTime time = new VirtualTime();
  private final SplittableRandom random;
  private final SplittableRandom chances;
  private final SimLinks links;
  private final ClusterTruth truth = new ClusterTruth();
  private final List<SimNode> nodes = new ArrayList<>();
  private long messages;
  private boolean quiet;
  private @Nullable SimNode held;
  private double disturbance;

  private ClusterSimulation(long seed, Path folder) throws IOException {
    random = new SplittableRandom(seed);
    chances = random.split();
    links = new SimLinks(NODES, random.split());
    for (int id = 0; id < NODES; id++) {
      nodes.add(new SimNode(this, id, Files.createDirectories(folder.resolve("node-" + id))));
    }
    // One was set up with keys; its first leader brings them to the others.
    try (Keystore keystore = keystore(nodes.get(random.nextInt(NODES)))) {
      TestCluster.withKeys(keystore);
    }
  }

  private static Keystore keystore(SimNode node) {
    return Keystore.open(
        node.folder().resolve("keys"), node::wallClock, new SeededRandom("set-up"));
  }

  /**
   * Runs a seed.
   *
   * @param work a folder that exists
   * @throws AssertionError if a rule is broken
   */
  public static Result run(long seed, Path work) {
    Logger log = (Logger) LoggerFactory.getLogger(ClusterSimulation.class.getPackageName());
    Level before = log.getLevel();
    log.setLevel(Boolean.getBoolean("entente.simulation.log") ? Level.DEBUG : Level.OFF);
    try {
      Path folder = Files.createTempDirectory(work, "cluster-");
      ClusterSimulation simulation = new ClusterSimulation(seed, folder);
      try {
        return simulation.run();
      } finally {
        simulation.nodes.forEach(SimNode::end);
        ReplicaFolder.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      log.setLevel(before);
    }
  }

  /** The first seed that fails, and why; null if none of them does. */
  public static @Nullable String firstFailure(Path work, long from, long seeds) {
    for (long seed = from; seed < from + seeds; seed++) {
      try {
        run(seed, work);
      } catch (AssertionError | RuntimeException broken) {
        return "seed " + seed + ": " + broken.getMessage();
      }
    }
    return null;
  }

  private Result run() throws IOException {
    nodes.forEach(SimNode::start);
    int faults = random.nextInt(MOST_FAULTS + 1);
    for (int i = 0; i < faults; i++) {
      time.after(random.nextLong(FAULTS_FROM, FAULTS_UNTIL), this::fault);
    }
    time.runUntil(FAULTS_UNTIL);
    links.mend();
    disturbance = 0;
    nodes.forEach(SimNode::heal);
    long before = truth.messages().size();
    time.runUntil(QUIET_FROM);
    quiet = true;
    time.runUntil(END);
    if (truth.messages().size() == before) {
      throw new AssertionError("no message was taken after all faults had ended");
    }
    return new Result(truth.messages().size(), time.count(), requireOneState(), truth.happened());
  }

  VirtualTime time() {
    return time;
  }

  SplittableRandom random() {
    return random;
  }

  SimLinks links() {
    return links;
  }

  ClusterTruth truth() {
    return truth;
  }

  SimNode node(int id) {
    return nodes.get(id);
  }

  long nextMessage() {
    return messages++;
  }

  boolean isQuiet() {
    return quiet;
  }

  /** Whether something improbable happens; nothing does once all faults have ended. */
  boolean happens(double probability) {
    return disturbance > 0 && chances.nextDouble() < probability;
  }

  void later(Runnable task) {
    time.after(chances.nextLong(3 * SECOND), task);
  }

  /** How long a request of a node's client takes to Raft. */
  long holdUp(SimNode node) {
    if (node == held) {
      held = null;
      truth.happened("a commit was held up");
      return random.nextLong(3 * SECOND);
    }
    return random.nextLong(TimeUnit.MILLISECONDS.toNanos(1));
  }

  private void fault() {
    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
    truth.happened(fault.name());
    disturbance = 1;
    happen(fault, nodes.get(random.nextInt(NODES)));
  }

  private void happen(Fault fault, SimNode node) {
    switch (fault) {
      case KILL -> node.kill(/* power= */ false);
      case POWER -> node.kill(/* power= */ true);
      case POWER_OF_ALL -> nodes.forEach(one -> one.kill(/* power= */ true));
      case RESTART -> node.restart();
      case ISOLATE -> {
        links.isolate(node.id());
        time.after(random.nextLong(6 * SECOND), links::mend);
      }
      case ONE_WAY -> {
        links.cut(node.id(), (node.id() + 1 + random.nextInt(NODES - 1)) % NODES);
        time.after(random.nextLong(6 * SECOND), links::mend);
      }
      case LOSSES -> links.disturb(random.nextDouble(0.3), random.nextLong(SECOND / 100, SECOND));
      case FREEZE -> leaderOr(node).freeze(random.nextLong(4 * SECOND));
      case SLOW_DISK -> node.slow(random.nextLong(10, 500));
      case FULL_DISK, FULL_LOG -> {
        node.fill(fault == Fault.FULL_LOG);
        time.after(random.nextLong(5 * SECOND), node::free);
      }
      case FLIP -> node.flipNext();
      case WALL_CLOCK -> node.jumpWallClock(random.nextLong(-MOST_CLOCK_ERROR, MOST_CLOCK_ERROR));
      case LEAD_LOST_AND_WON -> loseLead(leaderOr(node));
      case LEAD_AFTER_ABSENCE -> returnToLead(node);
    }
  }

  private SimNode leaderOr(SimNode other) {
    return nodes.stream().filter(SimNode::isLeader).findFirst().orElse(other);
  }

  /** The leader's next commit is on its way while it loses the lead, and wins it back. */
  private void loseLead(SimNode node) {
    SimProcess process = node.process();
    if (process != null) {
      held = node;
      process.after(
          random.nextLong(SECOND / 2),
          () -> {
            process.raft().stepDown();
            process.raft().electSoon();
          });
    }
  }

  /** A node that was cut off returns, and the leader dies before it has told it of all. */
  private void returnToLead(SimNode node) {
    links.isolate(node.id());
    time.after(
        random.nextLong(6 * SECOND),
        () -> {
          links.mend();
          time.after(random.nextLong(SECOND), () -> leaderOr(node).kill(/* power= */ false));
        });
  }

  /** No node has a key that every one has confirmed to be destroyed. */
  void requireDestroyed() {
    for (SimNode node : nodes) {
      for (KeyDescription key : keysOf(node)) {
        if (truth.destroyed().contains(key.id())) {
          throw new AssertionError(
              "node " + node.id() + " has the key " + key.id() + ", which it confirmed destroyed");
        }
      }
    }
  }

  private static List<KeyDescription> keysOf(SimNode node) {
    SimProcess process = node.process();
    if (process != null) {
      return process.keys().keystore().describe();
    }
    try (Keystore keystore = keystore(node)) {
      return keystore.describe();
    }
  }

  /** One leader serves, and all nodes have what it has. */
  private String requireOneState() throws IOException {
    Map<Integer, SimProcess> leaders = new TreeMap<>();
    for (SimNode node : nodes) {
      SimProcess process = node.process();
      if (process == null) {
        throw new AssertionError("node " + node.id() + " does not run at the end");
      }
      SimLeadership lead = process.leading();
      if (lead != null && lead.ledger() != null) {
        leaders.put(node.id(), process);
      }
    }
    if (leaders.size() != 1) {
      throw new AssertionError("at the end these nodes lead and serve: " + leaders.keySet());
    }
    SimProcess leader = leaders.values().iterator().next();
    for (SimNode node : nodes) {
      requireSame(leader, node);
    }
    requireDestroyed();
    return HexFormat.of().formatHex(leader.chain());
  }

  private void requireSame(SimProcess leader, SimNode node) throws IOException {
    SimProcess process = node.process();
    SimLeadership lead = leader.leading();
    if (process == null || lead == null || lead.ledger() == null) {
      throw new AssertionError("node " + node.id() + " was lost at the end");
    }
    lead.ledger().requireAcknowledged(process.machine().replica().store());
    if (process.machine().position().commits() != leader.machine().position().commits()
        || !Arrays.equals(process.chain(), leader.chain())) {
      throw new AssertionError("the copy of node " + node.id() + " is not the leader's at the end");
    }
    if (!process.hasKeysOf(leader)) {
      throw new AssertionError(
          "the keys of node " + node.id() + " are not the leader's at the end");
    }
  }
}
