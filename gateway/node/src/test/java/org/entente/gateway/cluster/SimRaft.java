package org.entente.gateway.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Raft in one simulated process, with the calls that Ratis makes to its state machine, in the same
 * order. Elections, logs and commits are those of the Raft paper, section 5; membership does not
 * change. As in Ratis, a node applies nothing that is not on its own disk, a log is purged up to
 * the flushed copy, a node that is too far behind is told to fetch a copy, and a leader without a
 * majority steps down.
 */
final class SimRaft {
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long HEARTBEAT = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int MOST_ENTRIES = 8;

  /** What a node keeps on its disk beside its copy. Term and vote are synced at once. */
  static final class Disk {
    final SimRaftLog log = new SimRaftLog();
    long term;
    int votedFor = -1;
  }

  private enum Role {
    FOLLOWER,
    CANDIDATE,
    LEADER
  }

  private record Append(
      int from,
      long term,
      long before,
      long termBefore,
      List<SimRaftLog.Entry> entries,
      long committed,
      long round) {
    long last() {
      return before + entries.size();
    }
  }

  private record Answer(int from, long term, boolean fits, long index, long round) {}

  private record Confirmation(long round, CompletableFuture<Boolean> future) {}

  private final SimProcess process;
  private final int id;
  private final int size;
  private final Disk disk;
  private final SimRaftLog log;
  private final LedgerStateMachine machine;
  private final Set<Integer> votes = new HashSet<>();
  private final Map<Long, CompletableFuture<Boolean>> pending = new HashMap<>();
  private final List<Confirmation> confirmations = new ArrayList<>();
  private final long[] next;
  private final long[] match;
  private final long[] heard;
  private final long[] answered;
  private Role role = Role.FOLLOWER;
  private int leader = -1;
  private long electionAt;
  private long heartbeatAt;
  private long committed;
  private long applied;
  private long snapshot;
  private long fitting = -1;
  private long committedByLeader = -1;
  private long startOfTerm;
  private long rounds;
  private boolean ready;
  private boolean syncing;
  private boolean applying;
  private boolean fetching;

  SimRaft(SimProcess process, int id, int size, Disk disk, LedgerStateMachine machine) {
    this.process = process;
    this.id = id;
    this.size = size;
    this.disk = disk;
    this.log = disk.log;
    this.machine = machine;
    this.next = new long[size];
    this.match = new long[size];
    this.heard = new long[size];
    this.answered = new long[size];
  }

  void start() {
    TermIndex copy = machine.getLastAppliedTermIndex();
    applied = copy.getIndex();
    if (log.last() < applied) {
      log.goOnAfter(applied, copy.getTerm());
    }
    if (log.first() > applied + 1) {
      throw new AssertionError(
          "the log of node %d begins at %d, and its copy ends at %d"
              .formatted(id, log.first(), applied));
    }
    log.sync(log.last());
    committed = applied;
    snapshot = applied;
    electLater(SimProcess.ELECTION_NANOS / 4);
    tick();
  }

  boolean leads(long term) {
    return role == Role.LEADER && ready && disk.term == term;
  }

  boolean isLeader() {
    return role == Role.LEADER;
  }

  private int majority() {
    return size / 2 + 1;
  }

  private void electLater(long least) {
    electionAt = process.now() + least + process.random().nextLong(least);
  }

  private void tick() {
    if (role == Role.LEADER) {
      if (hearsNoMajority()) {
        stepDown();
      } else if (process.now() >= heartbeatAt) {
        broadcast();
      }
    } else if (process.now() >= electionAt && !fetching) {
      elect();
    }
    process.after(TICK, this::tick);
  }

  private boolean hearsNoMajority() {
    long since = process.now() - 2 * SimProcess.ELECTION_NANOS;
    return 1 + Arrays.stream(heard).filter(time -> time >= since).count() < majority();
  }

  private void elect() {
    enter(disk.term + 1);
    disk.votedFor = id;
    role = Role.CANDIDATE;
    votes.clear();
    votes.add(id);
    electLater(SimProcess.ELECTION_NANOS);
    long term = disk.term;
    long lastTerm = log.lastTerm();
    long last = log.last();
    toOthers(other -> other.voteFor(id, term, lastTerm, last));
  }

  private void toOthers(Consumer<SimRaft> message) {
    for (int other = 0; other < size; other++) {
      if (other != id) {
        process.send(other, message);
      }
    }
  }

  private void voteFor(int candidate, long term, long lastTerm, long last) {
    if (term > disk.term) {
      follow(term);
    }
    boolean complete =
        lastTerm > log.lastTerm() || (lastTerm == log.lastTerm() && last >= log.last());
    boolean granted =
        term == disk.term && complete && (disk.votedFor < 0 || disk.votedFor == candidate);
    if (granted) {
      disk.votedFor = candidate;
      electLater(SimProcess.ELECTION_NANOS);
    }
    long mine = disk.term;
    process.send(candidate, other -> other.vote(id, mine, granted));
  }

  private void vote(int from, long term, boolean granted) {
    if (term > disk.term) {
      follow(term);
    } else if (role == Role.CANDIDATE && term == disk.term && granted) {
      votes.add(from);
      if (votes.size() >= majority()) {
        lead();
      }
    }
  }

  private void lead() {
    role = Role.LEADER;
    ready = false;
    Arrays.fill(next, log.last() + 1);
    Arrays.fill(match, -1);
    Arrays.fill(heard, process.now());
    Arrays.fill(answered, 0);
    rounds = 0;
    startOfTerm = log.last() + 1;
    heard[id] = Long.MIN_VALUE;
    append(null);
  }

  private long append(byte @Nullable [] data) {
    log.append(new SimRaftLog.Entry(disk.term, data));
    sync();
    broadcast();
    return log.last();
  }

  /** Follows whoever leads a term. */
  private void follow(long term) {
    if (term > disk.term) {
      enter(term);
    }
    stepDown();
  }

  /** Of an earlier leader's log nothing is known to fit that of this term's. */
  private void enter(long term) {
    disk.term = term;
    disk.votedFor = -1;
    leader = -1;
    fitting = -1;
    committedByLeader = -1;
  }

  /** Leads no more, in the same term. */
  void stepDown() {
    boolean led = role == Role.LEADER;
    role = Role.FOLLOWER;
    electLater(SimProcess.ELECTION_NANOS);
    if (led) {
      machine.notifyNotLeader(List.of());
      IOException why = new IOException("node " + id + " no longer leads");
      pending.values().forEach(future -> future.completeExceptionally(why));
      pending.clear();
      confirmations.forEach(one -> one.future().completeExceptionally(why));
      confirmations.clear();
    }
  }

  /** Stands for election before the others do. */
  void electSoon() {
    electionAt = process.now();
  }

  private void broadcast() {
    heartbeatAt = process.now() + HEARTBEAT;
    for (int other = 0; other < size; other++) {
      if (other != id) {
        sendEntries(other);
      }
    }
  }

  private void sendEntries(int other) {
    long from = next[other];
    if (from < log.first()) {
      long term = disk.term;
      long first = log.first();
      process.send(other, raft -> raft.fetchCopy(id, term, first));
      return;
    }
    Append append =
        new Append(
            id,
            disk.term,
            from - 1,
            log.termAt(from - 1),
            log.from(from, MOST_ENTRIES),
            committed,
            rounds);
    process.send(other, raft -> raft.take(append));
  }

  private void take(Append append) {
    if (append.term() >= disk.term && (append.term() > disk.term || role == Role.CANDIDATE)) {
      follow(append.term());
    }
    boolean current = append.term() == disk.term;
    if (current) {
      electLater(SimProcess.ELECTION_NANOS);
    }
    if (fetching || !current) {
      answer(append.from(), true, -1, append.round());
      return;
    }
    leader = append.from();
    if (!log.has(append.before(), append.termBefore())) {
      answer(leader, false, Math.min(append.before(), log.last() + 1), append.round());
      return;
    }
    for (int i = 0; i < append.entries().size(); i++) {
      if (!take(append.before() + 1 + i, append.entries().get(i))) {
        return;
      }
    }
    fitting = Math.max(fitting, append.last());
    committedByLeader = Math.max(committedByLeader, Math.min(append.committed(), append.last()));
    sync();
    answer(append.from(), true, Math.min(log.synced(), fitting), append.round());
    commit(Math.min(committedByLeader, log.synced()));
  }

  private boolean take(long index, SimRaftLog.Entry entry) {
    if (log.has(index, entry.term())) {
      return true;
    }
    if (index <= log.last()) {
      if (index <= committed) {
        throw new AssertionError("simulated Raft takes back entry " + index);
      }
      log.truncate(index);
    }
    if (process.logIsFull()) {
      process.logFailed(machine);
      return false;
    }
    log.append(entry);
    return true;
  }

  private void answer(int leader, boolean fits, long index, long round) {
    Answer answer = new Answer(id, disk.term, fits, index, round);
    process.send(leader, raft -> raft.hear(answer));
  }

  private void hear(Answer answer) {
    if (answer.term() > disk.term) {
      follow(answer.term());
    }
    if (role != Role.LEADER || answer.term() != disk.term) {
      return;
    }
    int from = answer.from();
    heard[from] = process.now();
    answered[from] = Math.max(answered[from], answer.round());
    confirm();
    if (!answer.fits()) {
      next[from] = Math.min(answer.index(), log.last() + 1);
      sendEntries(from);
    } else if (answer.index() > match[from]) {
      match[from] = answer.index();
      next[from] = answer.index() + 1;
      commitWhatMostHave();
      if (next[from] <= log.last()) {
        sendEntries(from);
      }
    }
  }

  private void sync() {
    if (!syncing && log.synced() < log.last()) {
      syncing = true;
      long upTo = log.last();
      process.after(process.diskDelay(), () -> synced(upTo));
    }
  }

  private void synced(long upTo) {
    syncing = false;
    log.sync(upTo);
    sync();
    if (role == Role.LEADER) {
      commitWhatMostHave();
    } else {
      commit(Math.min(committedByLeader, log.synced()));
      if (leader >= 0) {
        answer(leader, true, Math.min(log.synced(), fitting), 0);
      }
    }
  }

  private void commitWhatMostHave() {
    for (long index = log.synced(); index > committed; index--) {
      long at = index;
      if (log.termAt(index) == disk.term
          && 1 + Arrays.stream(match).filter(it -> it >= at).count() >= majority()) {
        commit(index);
        broadcast();
        return;
      }
    }
  }

  private void commit(long index) {
    committed = Math.max(committed, index);
    applyLater();
  }

  private void applyLater() {
    if (!applying && !fetching && applied < committed) {
      applying = true;
      process.after(process.diskDelay() / 4, this::applyNext);
    }
  }

  private void applyNext() {
    applying = false;
    if (fetching || applied >= committed) {
      return;
    }
    long index = applied + 1;
    SimRaftLog.Entry entry = log.get(index);
    byte[] data = entry.data();
    if (data == null) {
      begin(index, entry.term());
    } else if (!apply(index, entry.term(), data)) {
      return;
    }
    applyLater();
  }

  /** The first entry of a term. */
  private void begin(long index, long term) {
    machine.notifyConfigurationChanged(term, index, RaftConfigurationProto.getDefaultInstance());
    if (role == Role.LEADER && index == startOfTerm) {
      ready = true;
      machine.notifyLeaderReady();
    }
    machine.notifyTermIndexUpdated(term, index);
    applied = index;
  }

  private boolean apply(long index, long term, byte[] data) {
    LogEntryProto proto =
        LogEntryProto.newBuilder()
            .setTerm(term)
            .setIndex(index)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder()
                    .setLogData(ByteString.copyFrom(process.readFromLog(data))))
            .build();
    byte[] before = process.chain();
    boolean changed;
    try {
      changed =
          machine
              .applyTransaction(machine.startTransaction(proto, RaftPeerRole.FOLLOWER))
              .join()
              .getContent()
              .equals(LedgerStateMachine.APPLIED.getContent());
    } catch (RuntimeException e) {
      process.gaveUp();
      return false;
    }
    applied = index;
    process.applied(index, term, data, before, changed);
    CompletableFuture<Boolean> client = pending.remove(index);
    if (client != null) {
      client.complete(changed);
    }
    return true;
  }

  /** A request of this node's own client, as it reaches Raft: in whatever term that is by then. */
  void submit(byte[] data, CompletableFuture<Boolean> outcome) {
    if (role != Role.LEADER || !ready) {
      outcome.completeExceptionally(new IOException("node " + id + " does not lead"));
    } else if (process.logIsFull()) {
      process.logFailed(machine);
    } else {
      pending.put(append(data), outcome);
    }
  }

  /** Whether a majority follows this node after the call. */
  CompletableFuture<Boolean> confirmLead() {
    CompletableFuture<Boolean> future = new CompletableFuture<>();
    if (role != Role.LEADER || !ready) {
      future.completeExceptionally(new IOException("node " + id + " does not lead"));
    } else {
      rounds++;
      confirmations.add(new Confirmation(rounds, future));
      broadcast();
    }
    return future;
  }

  private void confirm() {
    for (Confirmation one : List.copyOf(confirmations)) {
      if (1 + Arrays.stream(answered).filter(it -> it >= one.round()).count() >= majority()) {
        confirmations.remove(one);
        one.future().complete(true);
      }
    }
  }

  /** Flushes the copy and purges the log. */
  void snapshot() {
    if (fetching || applied <= snapshot) {
      return;
    }
    try {
      snapshot = machine.takeSnapshot();
    } catch (RuntimeException e) {
      process.gaveUp();
      return;
    }
    log.purge(snapshot);
  }

  private void fetchCopy(int leader, long term, long first) {
    if (term < disk.term || fetching) {
      return;
    }
    if (term > disk.term || role == Role.CANDIDATE) {
      follow(term);
    }
    electLater(SimProcess.ELECTION_NANOS);
    if (first <= log.last() + 1) {
      answer(leader, false, log.last() + 1, 0);
      return;
    }
    fetching = true;
    ByteString name = ByteString.copyFromUtf8(Integer.toString(leader));
    RoleInfoProto info =
        RoleInfoProto.newBuilder()
            .setFollowerInfo(
                FollowerInfoProto.newBuilder()
                    .setLeaderInfo(
                        ServerRpcProto.newBuilder().setId(RaftPeerProto.newBuilder().setId(name))))
            .build();
    machine.notifyLeaderChanged(
        RaftGroupMemberId.valueOf(RaftPeerId.valueOf("self"), RaftGroupId.emptyGroupId()),
        RaftPeerId.valueOf(name));
    var unused =
        machine
            .notifyInstallSnapshotFromLeader(info, TermIndex.valueOf(term, first))
            .whenComplete((copy, failure) -> process.after(0, () -> fetched(leader, copy)));
  }

  private void fetched(int leader, @Nullable TermIndex copy) {
    fetching = false;
    if (copy == null) {
      return;
    }
    machine.pause();
    log.goOnAfter(copy.getIndex(), copy.getTerm());
    try {
      machine.reinitialize();
    } catch (IOException | RuntimeException e) {
      process.gaveUp();
      return;
    }
    applied = machine.getLastAppliedTermIndex().getIndex();
    snapshot = applied;
    committed = Math.max(committed, applied);
    process.installed();
    answer(leader, false, log.last() + 1, 0);
  }
}
