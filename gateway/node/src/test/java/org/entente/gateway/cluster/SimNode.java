package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.simulation.PowerCut;
import org.entente.gateway.store.MemoryReplica;
import org.entente.gateway.store.RocksReplica;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.testkit.MemoryStore;
import org.jspecify.annotations.Nullable;

/** One simulated machine: its disks, its clocks, and the process that runs on it, if one does. */
final class SimNode {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final long DISK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ClusterSimulation world;
  private final int id;
  private final Path folder;
  private final SimRaft.Disk raftDisk = new SimRaft.Disk();
  private MemoryStore.Disk data = new MemoryStore.Disk();
  private MemoryStore.@Nullable Disk received;
  private @Nullable SimProcess process;
  private boolean full;
  private boolean logFull;
  private boolean flips;
  private boolean mayStop;
  private long slowness = 1;
  private long frozenUntil;
  private long bootClockLag;
  private long wallClockOff;

  SimNode(ClusterSimulation world, int id, Path folder) {
    this.world = world;
    this.id = id;
    this.folder = folder;
  }

  int id() {
    return id;
  }

  Path folder() {
    return folder;
  }

  SimRaft.Disk raftDisk() {
    return raftDisk;
  }

  @Nullable SimProcess process() {
    return process;
  }

  boolean isLeader() {
    return process != null && process.raft().isLeader();
  }

  private long now() {
    return world.time().nanos();
  }

  /** As {@link ReplicaFolder#open}. */
  RocksReplica openCopy() {
    if (received != null) {
      data = received;
      received = null;
      data.free(full ? 0 : Long.MAX_VALUE);
    }
    return MemoryReplica.on(data);
  }

  void received(MemoryStore.Disk copy) {
    received = copy;
  }

  /** What another node gets that asks for the copy. */
  MemoryStore.Disk copyFor(int other) throws IOException {
    if (process == null || isFrozen() || !world.links().passes(id, other)) {
      throw new IOException("node " + id + " sends no copy");
    }
    return data.copy();
  }

  NodeKeys reachableKeys() throws IOException {
    SimProcess running = process;
    if (running == null || isFrozen()) {
      throw new IOException("node " + id + " does not answer");
    }
    return running.keys();
  }

  /**
   * Runs a task of a process later, unless it has ended by then; later still while it is frozen.
   */
  void after(long nanos, SimProcess of, Runnable task) {
    world.time().after(nanos, () -> run(of, task));
  }

  private void run(SimProcess of, Runnable task) {
    if (of != process) {
      return;
    }
    if (isFrozen()) {
      after(frozenUntil - now(), of, task);
      return;
    }
    try {
      task.run();
    } catch (PowerCut e) {
      // A thread of a process that ended while it waited.
      world.truth().happened("a thread ended with its process");
    }
  }

  void receive(long nanos, Consumer<SimRaft> message) {
    SimProcess running = process;
    if (running != null) {
      after(nanos, running, () -> message.accept(running.raft()));
    }
  }

  void start() {
    if (process != null) {
      return;
    }
    mayStop = full || logFull;
    try {
      process = new SimProcess(world, this);
      world.truth().happened("a node starts");
    } catch (StoreFailure e) {
      if (!mayStop) {
        throw new AssertionError("node " + id + " cannot start: " + e.getMessage(), e);
      }
      startLater();
    } catch (IOException e) {
      throw new AssertionError("node " + id + " cannot start", e);
    }
  }

  /** The run is over. */
  void end() {
    if (process != null) {
      process.kill();
      process = null;
    }
  }

  private void startLater() {
    world.time().after(world.random().nextLong(3 * SimProcess.ELECTION_NANOS), this::start);
  }

  /** The process ends; with the power also what was not synced. It starts again by itself. */
  void kill(boolean power) {
    SimProcess running = process;
    if (running != null) {
      running.kill();
      process = null;
      startLater();
    }
    data.cutPower();
    if (power) {
      raftDisk.log.cutPower();
    }
  }

  /** The process is stopped by its operator, and started again. */
  void restart() {
    SimProcess running = process;
    if (running != null) {
      running.close();
      if (process == running) {
        process = null;
        startLater();
      }
    }
  }

  /** The process leaves its cluster for a failure that it has found. */
  void stop(SimProcess running) {
    if (process == running) {
      running.closeMachine();
      kill(/* power= */ false);
    }
  }

  /** Its process may stop itself, for what was done to it. */
  void mayStop() {
    mayStop = true;
  }

  void stoppedBy(Throwable why) {
    if (!mayStop) {
      throw new AssertionError("node " + id + " stops without need: " + why, why);
    }
    world.truth().happened("a node stops");
  }

  /** Until its disk is freed, the copy or the log cannot grow. */
  void fill(boolean log) {
    mayStop = true;
    if (log) {
      logFull = true;
    } else {
      full = true;
      data.free(0);
    }
  }

  void free() {
    full = false;
    logFull = false;
    data.free(Long.MAX_VALUE);
  }

  boolean isFull() {
    return full;
  }

  boolean logIsFull() {
    return logFull;
  }

  void flipNext() {
    flips = true;
  }

  boolean flipsNext() {
    boolean next = flips;
    flips = false;
    mayStop |= next;
    return next;
  }

  void slow(long factor) {
    slowness = factor;
  }

  long diskDelay() {
    return world.random().nextLong(DISK_NANOS / 10, DISK_NANOS) * slowness;
  }

  boolean isFrozen() {
    return now() < frozenUntil;
  }

  /** The machine sleeps. Its clock counts on, and is behind afterwards by as much as it may be. */
  void freeze(long nanos) {
    frozenUntil = now() + nanos;
    world.time().after(nanos, () -> {});
    bootClockLag = world.random().nextLong(Math.min(nanos, BootClock.ERROR.toNanos()) + 1);
  }

  /** As {@link BootClock}. */
  long bootClock() {
    return now() - bootClockLag;
  }

  void jumpWallClock(long nanos) {
    wallClockOff = nanos;
  }

  Instant wallClock() {
    return START.plusNanos(now() + wallClockOff);
  }

  /** Ends what was wrong with the machine. */
  void heal() {
    free();
    slowness = 1;
    wallClockOff = 0;
    flips = false;
  }
}
