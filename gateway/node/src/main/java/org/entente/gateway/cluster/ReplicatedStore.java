package org.entente.gateway.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;
import org.entente.gateway.store.StoreState;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Store} of a cluster's leader, for one term of leadership.
 *
 * <p><b>Durability.</b> On return of {@link #commit}, a majority of the nodes has the batch on
 * disk, synced, whatever {@link Durability} was named, and this node has applied it. Reads are of
 * this node's copy: a leader has applied everything that was acknowledged before its term.
 *
 * <p><b>Failure.</b> Once this node lost the lead, or a commit's outcome is unknown, no further
 * commit is accepted. The next leader's store, on whichever node, shows what became of it: the
 * whole batch or nothing, and never twice, since a batch names its term and its place. While the
 * lead is being passed, a commit waits until that has failed or this node has lost the lead.
 *
 * <p>A batch has at most 8 MiB of keys and values, see {@link #maxBatchBytes}, and 12 MiB encoded.
 * Closing it leaves the node in its cluster.
 */
public final class ReplicatedStore implements Store {
  /** Between two tries to append while the lead is being passed. */
  private static final long PAUSE_MILLIS = 50;

  private final Store replica;
  private final CommitLog log;
  private final long term;
  private final Duration patience;
  private final LeaderLease lease;
  private final ReadWriteLock lifetime = new ReentrantReadWriteLock();
  private final Object commits = new Object();
  private final Object states = new Object();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Set<Scan> scans = ConcurrentHashMap.newKeySet();
  private long number;
  private volatile StoreState state = StoreState.OPEN;

  /**
   * The store of a leader that has applied all entries up to the first of its term.
   *
   * @param replica this node's copy, which outlives this store
   * @param term the term of leadership
   * @param number commits applied so far
   * @param patience the longest wait for a majority
   * @param lease of the same term
   */
  ReplicatedStore(
      Store replica, CommitLog log, long term, long number, Duration patience, LeaderLease lease) {
    this.replica = replica;
    this.log = log;
    this.term = term;
    this.number = number;
    this.patience = patience;
    this.lease = lease;
  }

  @Override
  public long term() {
    return term;
  }

  /** Whether no other node serves yet: while a majority has followed this node lately. */
  @Override
  public boolean isCurrent() {
    return lease.lasts();
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    lifetime.readLock().lock();
    try {
      requireOpen();
      return replica.get(table, key);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  @Override
  public @Nullable KeyValue last(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    lifetime.readLock().lock();
    try {
      requireOpen();
      return replica.last(table, fromInclusive, toExclusive);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  @Override
  public Scan scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    lifetime.readLock().lock();
    try {
      requireOpen();
      Scan scan = new LentScan(replica.scan(table, fromInclusive, toExclusive), scans::remove);
      scans.add(scan);
      return scan;
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /** The longest wait of a commit. */
  public Duration patience() {
    return patience;
  }

  @Override
  public int maxBatchBytes() {
    return ReplicatedCommit.MAX_BATCH_BYTES;
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    // One at a time: a number is given to one batch, and none follows one whose outcome is unknown.
    synchronized (commits) {
      requireCommits();
      replicate(ReplicatedCommit.of(term, number + 1, batch));
      number++;
    }
  }

  private void replicate(ReplicatedCommit commit) {
    byte[] entry = commit.encode();
    long end = System.nanoTime() + patience.toNanos();
    try {
      long asked = lease.asked();
      Optional<Boolean> applied = append(entry, end);
      while (applied.isEmpty()) {
        asked = lease.asked();
        applied = append(entry, end);
      }
      if (!applied.get()) {
        throw failed(Kind.NOT_LEADER, "another leader took its place in the log", null);
      }
      lease.confirmed(asked);
    } catch (ExecutionException e) {
      throw failed(Kind.NOT_LEADER, "the cluster did not accept it: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw failed(Kind.NOT_LEADER, "no majority answered within " + patience, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(Kind.IO, "interrupted while waiting for a majority", e);
    }
  }

  /**
   * Empty if it was not appended because the lead is being passed. Either that fails, and the next
   * try succeeds, or this node's lead ends.
   */
  private Optional<Boolean> append(byte[] entry, long end)
      throws ExecutionException, TimeoutException, InterruptedException {
    try {
      return Optional.of(log.append(entry).get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      boolean passing = e.getCause() instanceof LeaderSteppingDownException;
      if (passing && System.nanoTime() < end && !over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Refuses commits from now on: this node no longer leads. */
  void leadershipEnded(String why) {
    lease.ended();
    failed(Kind.NOT_LEADER, why, null);
    over.countDown();
  }

  /** Keeps the first failure: later ones are its consequences. */
  private StoreFailure failed(Kind kind, String why, @Nullable Throwable cause) {
    StoreFailure failure = new StoreFailure(kind, "commit in term " + term + ": " + why, cause);
    synchronized (states) {
      if (state.status() == StoreState.Status.OPEN) {
        state = StoreState.failed(failure);
      }
    }
    return failure;
  }

  private void requireOpen() {
    if (state.status() == StoreState.Status.CLOSED) {
      throw new IllegalStateException("the store is closed");
    }
  }

  private void requireCommits() {
    requireOpen();
    StoreFailure earlier = state.failure();
    if (earlier != null) {
      throw new StoreFailure(
          Kind.FAILED_EARLIER, "the store takes no more commits: " + earlier.getMessage(), earlier);
    }
  }

  @Override
  public long freeBytes() {
    requireOpen();
    return replica.freeBytes();
  }

  @Override
  public void reclaim() {
    requireOpen();
    replica.reclaim();
  }

  @Override
  public StoreState state() {
    return state;
  }

  @Override
  public void close() {
    lifetime.writeLock().lock();
    try {
      synchronized (states) {
        state = StoreState.CLOSED;
      }
      List.copyOf(scans).forEach(Scan::close);
    } finally {
      lifetime.writeLock().unlock();
    }
  }
}
