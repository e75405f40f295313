package org.entente.gateway.cluster;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.BatchCodec;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksReplica;
import org.jspecify.annotations.Nullable;

/**
 * Applies the replicated log to this node's copy of the store, and tells the node of its role.
 *
 * <p><b>Places.</b> An entry names the term in which its leader computed it, and its number among
 * the commits. If either is not the present one, the leader computed it from a state that has
 * passed: every node leaves it out, and its leader's commit fails. A number that leaves a gap, an
 * entry that is not what its leader computed, and a write that fails stop this node for good. To
 * pass over any of these would leave a copy that differs from the others.
 *
 * <p><b>Snapshots.</b> The copy itself is the snapshot. To take one is to flush it, after which the
 * log before that position may go. Ratis calls all methods that change the copy on one thread.
 */
final class LedgerStateMachine extends BaseStateMachine {
  /** The answer to an entry that changed the store. */
  static final Message APPLIED = Message.valueOf("applied");

  private static final Message STALE = Message.valueOf("stale");

  /** What the node does when its role changes. Called on threads of Ratis; returns at once. */
  public interface Role {
    /** This node leads, and has applied every entry before the first of the term. */
    void leads(long term);

    /** This node no longer leads. */
    void followsAgain();

    /** This node cannot go on: its copy must not differ from the others. */
    void stopped(Throwable why);

    /** Bytes of entries were applied: the log may be worth shortening. */
    void applied(int bytes);

    /** The copy is on disk up to here. */
    void flushed(LogPosition position);

    /** The index up to which the log may go, of which the copy is on disk up to {@code flushed}. */
    long shorten(long flushed);

    /**
     * Fetches the leader's copy into the folder, durably, and gives its position.
     *
     * @param leads whether that node still leads, as far as this one knows
     */
    CompletableFuture<LogPosition> fetch(String leader, long firstIndex, BooleanSupplier leads);
  }

  private final Supplier<RocksReplica> copies;
  private final Role role;
  private volatile @Nullable RocksReplica replica;
  private volatile LogPosition durable = LogPosition.START;
  private volatile long leadersTerm;

  /** Up to where Ratis was last told that the log may go, which never falls. */
  private volatile long shortened;

  private volatile boolean leaving;
  private volatile String leader = "";

  /** Whose copy is to take the place of this node's. */
  private @Nullable String fetchedFrom;

  /**
   * A machine that is not open yet.
   *
   * @param copies opens this node's copy: the received one if there is one
   */
  LedgerStateMachine(Supplier<RocksReplica> copies, Role role) {
    this.copies = copies;
    this.role = role;
  }

  /** This node's copy. */
  RocksReplica replica() {
    RocksReplica open = replica;
    if (open == null) {
      throw new IllegalStateException("the node has no open copy");
    }
    return open;
  }

  /** This node's copy; empty while another one takes its place. */
  Optional<RocksReplica> openReplica() {
    return Optional.ofNullable(replica);
  }

  /** Where the copy is; while another takes its place, where that one is on disk. */
  LogPosition position() {
    RocksReplica open = replica;
    return open == null ? durable : open.position();
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    super.initialize(server, group, storage);
    getLifeCycle().startAndTransition(this::open);
  }

  /** Opens the copy; what was applied to it is applied no more. */
  void open() {
    RocksReplica opened = copies.get();
    replica = opened;
    // What is read after opening is on disk: a replica keeps nothing elsewhere.
    durable = opened.position();
    shortened = durable.index();
    setLastAppliedTermIndex(termIndex(durable));
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = Objects.requireNonNull(transaction.getLogEntry());
    byte[] data = entry.getStateMachineLogEntry().getLogData().toByteArray();
    try {
      boolean applied = apply(entry.getTerm(), entry.getIndex(), ReplicatedCommit.decode(data));
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
      role.applied(data.length);
      return CompletableFuture.completedFuture(applied ? APPLIED : STALE);
    } catch (RuntimeException e) {
      // Ratis passes over a failed future, and stops the node on what is thrown.
      role.stopped(e);
      throw e;
    }
  }

  private boolean apply(long term, long index, ReplicatedCommit commit) {
    RocksReplica copy = replica();
    long applied = copy.position().commits();
    if (commit.term() != term || commit.number() <= applied) {
      return false;
    }
    if (commit.number() != applied + 1) {
      throw new IllegalStateException(
          "commit %d follows commit %d in the log: one is missing"
              .formatted(commit.number(), applied));
    }
    copy.apply(BatchCodec.decode(commit.batch()), new LogPosition(term, index, commit.number()));
    return true;
  }

  @Override
  public long takeSnapshot() {
    try {
      RocksReplica copy = replica();
      TermIndex last = getLastAppliedTermIndex();
      LogPosition position = copy.position();
      if (last.getIndex() > position.index()) {
        // Entries that change nothing count too, or the log would be kept for them.
        copy.apply(
            new Batch(), new LogPosition(last.getTerm(), last.getIndex(), position.commits()));
      }
      durable = copy.flush();
      role.flushed(durable);
      shortened = Math.max(shortened, role.shorten(durable.index()));
      return shortened;
    } catch (RuntimeException e) {
      role.stopped(e);
      throw e;
    }
  }

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    LogPosition position = durable;
    return position.index() < 0 ? null : new FlushedCopy(termIndex(position));
  }

  private record FlushedCopy(TermIndex termIndex) implements SnapshotInfo {
    @Override
    public TermIndex getTermIndex() {
      return termIndex;
    }

    @Override
    public List<FileInfo> getFiles() {
      return List.of();
    }
  }

  private static TermIndex termIndex(LogPosition position) {
    return TermIndex.valueOf(position.term(), position.index());
  }

  /**
   * The leader no longer has the entries that this node needs next. Ratis takes no entries before
   * the copy is fetched, or has failed: so a leader that is followed must not be waited for.
   */
  @Override
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto info, TermIndex firstInLog) {
    String from = info.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8();
    return role.fetch(from, firstInLog.getIndex(), () -> from.equals(leader))
        .thenApply(
            position -> {
              fetched(from);
              return termIndex(position);
            });
  }

  private synchronized void fetched(String from) {
    fetchedFrom = from;
    requireTaken();
  }

  @Override
  public synchronized void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId next) {
    leader = next.toString();
    requireTaken();
  }

  /**
   * Ratis takes a copy when its leader next asks for it. Another leader may have no reason to ask,
   * and until then this node takes no entries; its next start takes the copy.
   */
  private void requireTaken() {
    if (fetchedFrom != null && !fetchedFrom.equals(leader)) {
      role.stopped(
          new IllegalStateException(
              "the copy of %s was fetched, and now %s leads".formatted(fetchedFrom, leader)));
    }
  }

  @Override
  public void pause() {
    LifeCycle cycle = getLifeCycle();
    if (cycle.getCurrentState() == LifeCycle.State.RUNNING) {
      cycle.transition(LifeCycle.State.PAUSING);
      cycle.transition(LifeCycle.State.PAUSED);
    }
  }

  /** Opens the copy that was fetched, in the place of the present one. */
  @Override
  public void reinitialize() throws IOException {
    try {
      synchronized (this) {
        fetchedFrom = null;
      }
      replica().close();
      replica = null;
      getLifeCycle().startAndTransition(this::open);
      role.flushed(durable);
    } catch (RuntimeException e) {
      role.stopped(e);
      throw e;
    }
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    // The first entry of each term is one: Ratis tells of it just before it says "ready".
    leadersTerm = term;
  }

  @Override
  public void notifyLeaderReady() {
    role.leads(leadersTerm);
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    role.followsAgain();
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    role.stopped(cause);
  }

  /**
   * The node is about to close: what Ratis closes from now on is no failure. The node closes the
   * copy, which a leader's store may read until then.
   */
  void leaving() {
    leaving = true;
  }

  /**
   * Ratis also calls it, and says nothing else to a follower, when it gives up: for a failure of
   * its log, or for anything that this class threw.
   */
  @Override
  public void close() throws IOException {
    if (!leaving) {
      role.stopped(new IllegalStateException("Raft gave up on this node; its log says why"));
      closeCopy();
    }
    super.close();
  }

  /** Ratis does not close what it began to open. */
  synchronized void closeCopy() {
    RocksReplica open = replica;
    replica = null;
    if (open != null) {
      open.close();
    }
  }
}
