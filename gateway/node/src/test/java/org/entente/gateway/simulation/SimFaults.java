package org.entente.gateway.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.entente.gateway.link.LaneStatus;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.model.AgencyName;

/** What goes wrong in a run, by chance; and what an operator then does. */
final class SimFaults {
  /** Who has to know which ledgers have forgotten what. */
  interface Losses {
    /** A copy of a node's ledger was made. */
    void copied(SimNode node);

    /** Its ledger is about to be set back to the copy, or to nothing if there is none. */
    void lost(SimNode node);
  }

  private static final int MOST = 10;
  private static final String CONTRADICTED = "contradicts a checkpoint held by a witness";

  /** Bytes that are free: scarce, too few to take anything in, none. */
  private static final List<Long> FILLING = List.of(1L << 30, 100L << 20, 0L);

  private final List<SimNode> nodes;
  private final SimNetwork network;
  private final VirtualTime time;
  private final Random random;
  private final Consumer<Duration> pass;
  private final Liar liar;
  private final Violations violations;
  private final Losses losses;
  private boolean aged;
  private boolean lost;
  private boolean reorders;
  private boolean ended;

  SimFaults(
      List<SimNode> nodes,
      SimNetwork network,
      VirtualTime time,
      Random random,
      Violations violations,
      Losses losses,
      Consumer<Duration> pass) {
    this.nodes = nodes;
    this.network = network;
    this.time = time;
    this.random = random;
    this.pass = pass;
    this.violations = violations;
    this.losses = losses;
    this.liar = new Liar(nodes, time, random);
  }

  /** Plans faults up to a time from now. */
  void plan(long nanos) {
    int count = random.nextInt(MOST + 1);
    for (int i = 0; i < count; i++) {
      time.after((long) (random.nextDouble() * nanos), this::one);
    }
    watch();
  }

  private SimNode node() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private Duration seconds(int most) {
    return Duration.ofMillis(200 + random.nextInt(most * 1_000));
  }

  private void one() {
    SimNode node = node();
    switch (random.nextInt(14)) {
      case 0 -> {
        node.kill(random.nextInt(3) == 0);
        node.startAfter(seconds(15));
      }
      case 1, 2 -> atTheNextCommit(node);
      case 3 -> {
        node.slowDisk(1_000_000L * (50 + random.nextInt(1_500)));
        time.after(seconds(10).toNanos(), () -> node.slowDisk(0));
      }
      case 4 -> partition(node, false);
      case 5 -> partition(node, true);
      case 6 -> {
        SimNode other = node();
        network.cut(node.agency(), other.agency());
        network.cut(other.agency(), node.agency());
      }
      case 7 -> {
        node.moveClock(Duration.ofSeconds(random.nextInt(7_200) - 600));
        reorders = true;
      }
      case 8 -> {
        SimNode other = node();
        network.spoil(node.agency(), other.agency());
        time.after(seconds(10).toNanos(), network::mend);
      }
      case 9 -> {
        violations.expectConflicts();
        liar.lie();
        reorders = true;
      }
      case 10 -> age();
      case 11, 12 -> setBack(node);
      case 13 -> fill(node);
      default -> throw new IllegalStateException("no such fault");
    }
  }

  /** Keys end and mail waits: up to thirty hours pass at once. */
  private void age() {
    if (!aged) {
      aged = true;
      reorders = true;
      pass.accept(Duration.ofMinutes(random.nextInt(1_800)));
    }
  }

  /** A ledger is lost, and an operator restores a copy, or goes on without. */
  private void setBack(SimNode node) {
    SimNode.Run process = node.process();
    if (lost || process == null) {
      return;
    }
    lost = true;
    reorders = true;
    violations.expectLostLogs();
    int how = random.nextInt(4);
    boolean copied = how > 0;
    if (copied) {
      node.backUp();
      losses.copied(node);
    }
    time.after(
        copied ? seconds(15).toNanos() : 0,
        () -> {
          losses.lost(node);
          boolean auditToo = random.nextInt(3) == 0;
          switch (how) {
            case 0 -> node.lose(auditToo);
            case 1 -> node.setBackUnnoticed();
            default -> node.restore(auditToo);
          }
        });
  }

  /** Whether something happened in which the order of arrival is not promised. */
  boolean reorders() {
    return reorders;
  }

  /** The disk fills, from anywhere to anywhere, and after a while there is room again. */
  private void fill(SimNode node) {
    int first = random.nextInt(FILLING.size());
    int last = first + random.nextInt(FILLING.size() - first);
    long at = 0;
    for (int i = first; i <= last; i++) {
      long free = FILLING.get(i);
      time.after(at, () -> node.freeBytes(free));
      at += seconds(8).toNanos();
    }
    time.after(at, () -> node.freeBytes(Long.MAX_VALUE));
  }

  private void atTheNextCommit(SimNode node) {
    SimNode.Run process = node.process();
    if (process != null) {
      SimStore.Failure[] failures = SimStore.Failure.values();
      process.store().failNext(failures[random.nextInt(failures.length)]);
    }
  }

  private void partition(SimNode node, boolean oneWay) {
    AgencyName one = node.agency();
    AgencyName other = node().agency();
    network.block(one, other);
    if (!oneWay) {
      network.block(other, one);
    }
    time.after(
        seconds(45).toNanos(),
        () -> {
          network.unblock(one, other);
          network.unblock(other, one);
        });
  }

  /**
   * A node whose ledger has stopped for another reason than its disk is started again by its
   * operator.
   */
  private void watch() {
    for (SimNode node : nodes) {
      SimNode.Run process = node.process();
      if (process != null && process.core().obstacles().toString().contains(CONTRADICTED)) {
        node.succeed();
      } else if (process != null
          && process.core().ledger().failure() != null
          && process.core().mendingFailure().isEmpty()) {
        node.kill(/* silently= */ false);
        node.startAfter(seconds(3));
      } else if (process != null && ended) {
        resume(process);
      }
    }
    time.after(1_000_000_000L, this::watch);
  }

  /** What an alarm has stopped goes on once its operator has looked: also what stopped late. */
  private static void resume(SimNode.Run process) {
    for (PeerStatus peer : process.core().links().status()) {
      for (LaneStatus lane : peer.lanes()) {
        if (lane.stopped().isPresent()) {
          process.run(() -> process.core().links().resume(peer.peer(), lane.lane()));
        }
      }
    }
  }

  /** Nothing goes wrong from now on; what is down comes up. */
  void end() {
    ended = true;
    network.unblockAll();
    network.mend();
    liar.stop();
    for (SimNode node : nodes) {
      node.slowDisk(0);
      node.freeBytes(Long.MAX_VALUE);
      node.setClock();
      node.startAfter(seconds(3));
    }
  }
}
