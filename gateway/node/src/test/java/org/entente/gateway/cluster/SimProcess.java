package org.entente.gateway.cluster;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.simulation.PowerCut;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.MemoryReplica;
import org.entente.gateway.store.RocksReplica;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.jspecify.annotations.Nullable;

/**
 * One run of a simulated node, from its start to its end: what {@link ClusterNode} is in
 * production, with {@link SimRaft} in the place of Ratis.
 */
final class SimProcess implements LedgerStateMachine.Role {
  static final long ELECTION_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ClusterSimulation world;
  private final SimNode node;
  private final Keystore keystore;
  private final NodeKeys keys;
  private final ProgressMark mark;
  private final LedgerStateMachine machine;
  private final SimRaft raft;
  private @Nullable SimLeadership leading;
  private boolean ended;

  /** Starts, as {@link ClusterNode#start} does. */
  SimProcess(ClusterSimulation world, SimNode node) throws IOException {
    this.world = world;
    this.node = node;
    mark = new ProgressMark(node.folder().resolve("mark"));
    try (RocksReplica copy = node.openCopy()) {
      mark.require(copy.position(), /* hasLog= */ true);
    }
    keystore =
        Keystore.open(
            node.folder().resolve("keys"),
            node::wallClock,
            new SeededRandom("node " + node.id() + " " + world.random().nextLong()));
    keys =
        new NodeKeys(
            "node " + node.id(),
            keystore,
            node.folder().resolve("mark-keys"),
            world.random().nextLong() & Long.MAX_VALUE);
    machine = new LedgerStateMachine(node::openCopy, this);
    machine.getLifeCycle().startAndTransition(machine::open);
    raft = new SimRaft(this, node.id(), ClusterSimulation.NODES, node.raftDisk(), machine);
    raft.start();
    snapshotLater();
    mark.begin();
  }

  SimRaft raft() {
    return raft;
  }

  NodeKeys keys() {
    return keys;
  }

  LedgerStateMachine machine() {
    return machine;
  }

  @Nullable SimLeadership leading() {
    return leading;
  }

  long now() {
    return world.time().nanos();
  }

  SplittableRandom random() {
    return world.random();
  }

  /** Runs a task later, unless the process ends before. */
  void after(long nanos, Runnable task) {
    node.after(nanos, this, task);
  }

  void send(int to, Consumer<SimRaft> message) {
    if (world.links().passes(node.id(), to)) {
      world.node(to).receive(world.links().delay(), message);
    }
  }

  long diskDelay() {
    return node.diskDelay();
  }

  /** A thread of this process waits; it ends where the process does. */
  void await(BooleanSupplier condition) {
    world.time().await(() -> ended || (!node.isFrozen() && condition.getAsBoolean()));
    if (ended) {
      throw new PowerCut();
    }
  }

  /** The same for at most some time. */
  void await(long nanos, BooleanSupplier condition) {
    long end = now() + nanos;
    after(nanos, () -> {});
    await(() -> now() >= end || condition.getAsBoolean());
  }

  private void snapshotLater() {
    after(
        random().nextLong(ELECTION_NANOS / 4, 4 * ELECTION_NANOS),
        () -> {
          raft.snapshot();
          snapshotLater();
        });
  }

  boolean logIsFull() {
    return node.logIsFull();
  }

  void logFailed(LedgerStateMachine of) {
    of.notifyLogFailed(new IOException("no space is left for the log"), null);
    gaveUp();
  }

  /** What the disk or the memory makes of an entry. */
  byte[] readFromLog(byte[] data) {
    byte[] read = data.clone();
    if (node.flipsNext()) {
      world.truth().happened("a bit flipped");
      read[random().nextInt(read.length)] ^= (byte) (1 << random().nextInt(8));
    }
    return read;
  }

  /** An entry was applied, or passed over. */
  void applied(long index, long term, byte[] data, byte[] chainBefore, boolean changed) {
    long computed = ReplicatedCommit.decode(data).term();
    if (!changed) {
      world.truth().happened("an entry was passed over");
    }
    if (!changed && computed == term) {
      throw new AssertionError("entry " + index + " of its own leader was passed over");
    }
    if (changed && !Arrays.equals(chainBefore, SimLedger.before(machine.replica().store()))) {
      throw new AssertionError(
          "entry " + index + " was applied to another state than it was computed from");
    }
    world.truth().applied(node.id(), index, machine.position(), chain());
  }

  byte[] chain() {
    byte[] chain = machine.replica().store().get(Table.INBOX, SimLedger.CHAIN);
    return chain == null ? new byte[0] : chain;
  }

  void installed() {
    world.truth().happened("a copy was received");
  }

  /** Ratis closed this node after what it was thrown. */
  void gaveUp() {
    node.stop(this);
  }

  /** The process ends at once. */
  void kill() {
    ended = true;
    keystore.close();
  }

  /** The process ends in order: Ratis flushes, then closes. */
  void close() {
    machine.leaving();
    end("this node stops");
    raft.snapshot();
    if (!ended) {
      closeMachine();
      kill();
    }
  }

  void closeMachine() {
    try {
      machine.close();
      machine.closeCopy();
    } catch (StoreFailure e) {
      if (!node.isFull()) {
        throw new AssertionError("node " + node.id() + " cannot close its copy", e);
      }
    } catch (IOException e) {
      throw new AssertionError("node " + node.id() + " cannot close its copy", e);
    }
  }

  private void end(String why) {
    SimLeadership lead = leading;
    leading = null;
    if (lead != null) {
      lead.end(why);
    }
  }

  // As ClusterNode.Role.

  @Override
  public void leads(long term) {
    world.truth().happened("a node leads");
    SimLeadership lead = new SimLeadership(world, node, this, term);
    leading = lead;
    after(0, lead::serve);
  }

  boolean leads(SimLeadership lead) {
    return lead == leading;
  }

  @Override
  public void followsAgain() {
    end("this node no longer leads");
  }

  @Override
  public void stopped(Throwable why) {
    end("this node stopped: " + why);
    node.stoppedBy(why);
  }

  @Override
  public void applied(int bytes) {
    // Flushes come by time here.
  }

  @Override
  public long shorten(long flushed) {
    return flushed;
  }

  @Override
  public void flushed(LogPosition position) {
    mark.keep(position);
  }

  @Override
  public CompletableFuture<LogPosition> fetch(
      String leader, long firstIndex, BooleanSupplier leads) {
    CompletableFuture<LogPosition> received = new CompletableFuture<>();
    SimNode from = world.node(Integer.parseInt(leader));
    after(
        random().nextLong(ELECTION_NANOS),
        () -> {
          try {
            received.complete(receive(from, firstIndex - 1));
          } catch (IOException e) {
            world.truth().happened("a copy was not received");
            received.completeExceptionally(new CompletionException(e));
          }
        });
    return received;
  }

  /** A whole copy, synced: it takes the place of the present one at the next opening. */
  private LogPosition receive(SimNode from, long least) throws IOException {
    MemoryStore.Disk copy = from.copyFor(node.id());
    if (node.isFull()) {
      throw new IOException("no space is left");
    }
    LogPosition position;
    try (RocksReplica replica = MemoryReplica.on(copy)) {
      position = replica.position();
    }
    if (position.index() < least) {
      throw new IOException("a copy up to " + position.index() + "; needed is " + least);
    }
    node.received(copy);
    return position;
  }

  /** Whether two nodes have the same keys, in the same state. */
  boolean hasKeysOf(SimProcess other) throws IOException {
    KeyNode.State mine = keys.state(Long.MAX_VALUE);
    KeyNode.State others = other.keys.state(Long.MAX_VALUE);
    return mine.tag().equals(others.tag())
        && Set.copyOf(mine.keys()).equals(Set.copyOf(others.keys()));
  }
}
