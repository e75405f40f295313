package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One term in which a simulated node leads: {@link Leadership} without its threads. */
final class SimLeadership {
  private static final long LEASE_NANOS = SimProcess.ELECTION_NANOS / 2;
  private static final long PATIENCE_NANOS = 10 * SimProcess.ELECTION_NANOS;
  private static final long KEY_ROUND_NANOS = SimProcess.ELECTION_NANOS / 4;
  private static final long OPERATION_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ClusterSimulation world;
  private final SimNode node;
  private final SimProcess process;
  private final long term;
  private final long began;
  private final LeaderLease lease;
  private final ReplicatedStore store;
  private final LeaderKeys keys;
  private @Nullable SimLedger ledger;

  /** As {@link ClusterNode} begins a term. Waits are those of virtual time, so none is real. */
  SimLeadership(ClusterSimulation world, SimNode node, SimProcess process, long term) {
    this.world = world;
    this.node = node;
    this.process = process;
    this.term = term;
    this.began = process.now();
    this.lease =
        new LeaderLease(Duration.ofNanos(LEASE_NANOS).minus(BootClock.ERROR), node::bootClock);
    this.store =
        new ReplicatedStore(
            process.machine().replica().store(),
            this::append,
            term,
            process.machine().replica().position().commits(),
            Duration.ZERO,
            lease);
    this.keys =
        new LeaderKeys(
            process.keys(), others(), former -> List.of(), term, Duration.ZERO, Runnable::run);
  }

  private Map<String, KeyNode> others() {
    Map<String, KeyNode> others = new TreeMap<>();
    for (int other = 0; other < ClusterSimulation.NODES; other++) {
      if (other != node.id()) {
        others.put("node " + other, new SimKeyCalls(world, node.id(), other));
      }
    }
    return others;
  }

  /** Its request may be held up before it reaches Raft. Waits for the outcome. */
  private CompletableFuture<Boolean> append(byte[] entry) {
    CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    process.after(world.holdUp(node), () -> process.raft().submit(entry, outcome));
    process.await(PATIENCE_NANOS, outcome::isDone);
    return outcome;
  }

  private boolean leads() {
    return process.leads(this);
  }

  /** As {@link Leadership#prepare}: has the keys, and waits for the end of an earlier lease. */
  void serve() {
    try {
      keys.begin(this::leadsAfterARound);
    } catch (IOException e) {
      if (leads()) {
        // Nodes answer, and then do not give their keys, again and again.
        world.truth().happened("a leader got no keys");
        node.mayStop();
        process.stopped(e);
        process.gaveUp();
      }
      return;
    }
    process.await(Math.max(0, began + LEASE_NANOS - process.now()), () -> !leads());
    if (!leads()) {
      return;
    }
    renew();
    catchUp();
    ledger = new SimLedger(world, process, store, term);
    operate();
    deliver();
  }

  private boolean leadsAfterARound() {
    process.await(KEY_ROUND_NANOS, () -> !leads());
    return leads();
  }

  private void renew() {
    if (leads()) {
      long asked = lease.asked();
      var unused = process.raft().confirmLead().thenAccept(follows -> lease.confirmed(asked));
      process.after(LEASE_NANOS / 4, this::renew);
    }
  }

  private void catchUp() {
    if (leads()) {
      keys.look();
      process.after(SimProcess.ELECTION_NANOS, this::catchUp);
    }
  }

  private void operate() {
    SimLedger open = ledger;
    if (leads() && open != null) {
      if (!world.isQuiet()) {
        open.operate();
      }
      process.after(process.random().nextLong(OPERATION_NANOS), this::operate);
    }
  }

  private void deliver() {
    SimLedger open = ledger;
    if (leads() && open != null) {
      open.deliver();
      process.after(process.random().nextLong(OPERATION_NANOS), this::deliver);
    }
  }

  /** The ledger, once this node serves. */
  @Nullable SimLedger ledger() {
    return ledger;
  }

  /** As {@link Leadership#end}. */
  void end(String why) {
    keys.end();
    store.leadershipEnded(why);
  }
}
