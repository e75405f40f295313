package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One term in which this node leads: its store, its lease and the keys of the cluster. */
final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  /** Questions to the majority during one lease, so that one may be lost. */
  private static final int QUESTIONS = 4;

  private final ReplicatedStore store;
  private final LeaderKeys keys;
  private final LeaderLease lease;
  private final Supplier<CompletableFuture<Boolean>> majority;
  private final ClusterSettings.Limits limits;
  private final long began = System.nanoTime();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ScheduledExecutorService rounds =
      Executors.newScheduledThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "cluster-lead");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * The beginning of a term; the election is over.
   *
   * @param majority asks whether a majority is in the term, this node among it
   */
  Leadership(
      ReplicatedStore store,
      LeaderKeys keys,
      LeaderLease lease,
      Supplier<CompletableFuture<Boolean>> majority,
      ClusterSettings.Limits limits) {
    this.store = store;
    this.keys = keys;
    this.lease = lease;
    this.majority = majority;
    this.limits = limits;
  }

  ReplicatedStore store() {
    return store;
  }

  LeaderKeys keys() {
    return keys;
  }

  /** Nodes whose keys this one needs before it serves; empty if it needs none. */
  List<String> awaitedKeys() {
    return keys.awaited();
  }

  /** Nodes whose keys are not known to be in the state of the leader's. Does not wait. */
  List<String> lackingKeys() {
    return keys.lacking();
  }

  /** Keystores that were given keys, and are not what their node has now, as far as it told. */
  List<MachineKeystore> formerKeystores() {
    return keys.former();
  }

  /**
   * Makes this node ready to serve: fetches keys, and waits for the end of an earlier lease.
   *
   * @return false if the term ended meanwhile
   * @throws IOException if the keys of the nodes do not fit together
   */
  boolean prepare(BooleanSupplier leads) throws IOException {
    try {
      keys.begin(leads);
    } catch (IOException e) {
      if (!leads.getAsBoolean()) {
        return false;
      }
      throw e;
    }
    LOG.info("elected; the keys of most nodes are read after {} ms", millis());
    if (!leads.getAsBoolean() || endsWhileOthersMayDeliver()) {
      return false;
    }
    LOG.info("no earlier lease lasts after {} ms", millis());
    begin();
    return true;
  }

  private long millis() {
    return Duration.ofNanos(System.nanoTime() - began).toMillis();
  }

  /** Waits; a machine that sleeps meanwhile only waits longer. */
  private boolean endsWhileOthersMayDeliver() throws IOException {
    long left = limits.lease().toNanos() - (System.nanoTime() - began);
    try {
      return over.await(left, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an earlier lease may last", e);
    }
  }

  private synchronized void begin() {
    if (over.getCount() == 0) {
      return;
    }
    every(limits.lease().dividedBy(QUESTIONS), this::renew);
    every(limits.electionTimeout(), keys::look);
  }

  private void renew() {
    long asked = lease.asked();
    var unused =
        majority
            .get()
            .thenAccept(
                follows -> {
                  if (follows) {
                    lease.confirmed(asked);
                  }
                });
  }

  private void every(Duration period, Runnable task) {
    var unused =
        rounds.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                // The edge of the thread: later rounds must still run.
                LOG.warn("a round of the leader failed", e);
              }
            },
            0,
            period.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** Ends the term: nothing is committed or delivered any more, and no key is changed. */
  void end(String why) {
    over.countDown();
    keys.end();
    store.leadershipEnded(why);
    synchronized (this) {
      rounds.shutdownNow();
    }
  }
}
