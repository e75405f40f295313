package org.entente.gateway.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.BatchCodec;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which entries change the copy, which change nothing, and which stop the node. */
class LedgerStateMachineTest {
  private static final byte[] KEY = {1};

  private final List<Throwable> stops = new ArrayList<>();
  private final List<LogPosition> flushes = new ArrayList<>();
  private final CompletableFuture<LogPosition> fetch = new CompletableFuture<>();
  private BooleanSupplier fetched = () -> false;
  private final Path data;
  private LedgerStateMachine machine;

  LedgerStateMachineTest(@TempDir Path dir) throws IOException {
    data = dir.resolve("data");
    machine = opened();
  }

  private long kept = Long.MAX_VALUE;

  private LedgerStateMachine opened() throws IOException {
    LedgerStateMachine opened =
        new LedgerStateMachine(
            new ReplicaFolder(data, RocksOptions.defaults())::open, new Recorded());
    opened.open();
    return opened;
  }

  @AfterEach
  void close() throws IOException {
    machine.leaving();
    machine.close();
    machine.closeCopy();
  }

  private final class Recorded implements LedgerStateMachine.Role {
    @Override
    public void leads(long term) {
      throw new AssertionError("no server leads");
    }

    @Override
    public void followsAgain() {
      throw new AssertionError("no server led");
    }

    @Override
    public void stopped(Throwable why) {
      stops.add(why);
    }

    @Override
    public void applied(int bytes) {
      assertTrue(bytes > 0);
    }

    @Override
    public long shorten(long flushed) {
      return Math.min(flushed, kept);
    }

    @Override
    public void flushed(LogPosition position) {
      flushes.add(position);
    }

    @Override
    public CompletableFuture<LogPosition> fetch(
        String leader, long firstIndex, BooleanSupplier leads) {
      fetched = leads;
      return fetch;
    }
  }

  @Test
  void entries_inTheirPlaces_changeTheCopy() {
    assertTrue(apply(2, 5, entry(2, 1, "a")));
    assertTrue(apply(2, 6, entry(2, 2, "b")));
    assertTrue(apply(3, 9, entry(3, 3, "c")));

    assertEquals("c", value());
    assertEquals(new LogPosition(3, 9, 3), machine.position());
  }

  @Test
  void entry_ofAnotherTerm_changesNothing() {
    assertTrue(apply(2, 5, entry(2, 1, "a")));

    assertEquals(false, apply(3, 6, entry(2, 2, "stale")));
    assertEquals(false, apply(3, 7, entry(2, 9, "stale, and leaves a gap")));

    assertEquals("a", value());
    assertTrue(apply(3, 8, entry(3, 2, "b")));
    assertEquals("b", value());
  }

  /** Its leader lost the lead, and won it again, with the entry on its way. */
  @Test
  void entry_whoseNumberWasTaken_changesNothing() {
    assertTrue(apply(2, 5, entry(2, 1, "a")));

    assertEquals(false, apply(2, 6, entry(2, 1, "again")));

    assertEquals("a", value());
    assertEquals(List.of(), stops);
  }

  @Test
  void entry_afterAGap_stopsTheNode() {
    apply(2, 5, entry(2, 1, "a"));

    assertThrows(IllegalStateException.class, () -> apply(2, 6, entry(2, 3, "c")));

    assertEquals(1, stops.size());
    assertEquals("a", value());
  }

  @Test
  void entry_withAnyBitFlipped_stopsTheNode() {
    byte[] entry = entry(2, 1, "a");
    for (int bit = 0; bit < entry.length * 8; bit++) {
      byte[] flipped = entry.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThrows(IllegalArgumentException.class, () -> apply(2, 5, flipped), "bit " + bit);
    }
    assertEquals(entry.length * 8, stops.size());
    assertNull(value());
  }

  @Test
  void entry_withATableOfAnotherRelease_stopsTheNode() {
    byte[] batch = BatchCodec.encode(new Batch().put(Table.INBOX, KEY, KEY));
    batch[2] = 'X';

    assertThrows(
        IllegalArgumentException.class,
        () -> apply(2, 5, new ReplicatedCommit(2, 1, batch).encode()));
    assertEquals(1, stops.size());
  }

  @Test
  void snapshot_isUpToTheLastEntry_alsoOneThatChangedNothing() throws IOException {
    assertNull(machine.getLatestSnapshot());
    apply(2, 5, entry(2, 1, "a"));
    assertNull(machine.getLatestSnapshot(), "not on disk yet");
    apply(3, 7, entry(2, 2, "stale"));

    assertEquals(7, machine.takeSnapshot());

    assertEquals(7, Objects.requireNonNull(machine.getLatestSnapshot()).getIndex());
    assertEquals(List.of(new LogPosition(3, 7, 1)), flushes);
    close();
    assertEquals(List.of(), stops);
    machine = opened();
    assertEquals(new LogPosition(3, 7, 1), machine.position());
    assertEquals(7, machine.getLastAppliedTermIndex().getIndex());
    assertEquals("a", value());
  }

  /** Ratis's updater ends on an index that falls. */
  @Test
  void log_thatReceiversOfACopyNeed_isKept_andWhatHasGoneDoesNotCount() {
    apply(3, 5, entry(3, 1, "a"));
    assertEquals(5, machine.takeSnapshot());
    kept = 4;
    apply(3, 6, entry(3, 2, "b"));
    assertEquals(5, machine.takeSnapshot());
    kept = 6;
    apply(3, 7, entry(3, 3, "c"));
    assertEquals(6, machine.takeSnapshot());
    assertEquals(7, Objects.requireNonNull(machine.getLatestSnapshot()).getIndex());
  }

  /** As Ratis does by itself, such as after a failure of its log. */
  @Test
  void closing_thatTheNodeDidNotBegin_tellsTheNode() throws IOException {
    machine.close();

    assertEquals(1, stops.size());
  }

  @Test
  void copy_ofALeaderThatIsFollowedByAnother_isNotAwaited() {
    CompletableFuture<TermIndex> answer = fetchFrom("n2");
    assertTrue(fetched.getAsBoolean());
    follow("n3");

    assertFalse(fetched.getAsBoolean());
    fetch.completeExceptionally(new IOException("the node that sends the copy no longer leads"));
    assertThrows(CompletionException.class, answer::join, "Ratis takes entries again");
    assertEquals(List.of(), stops);
  }

  /** Ratis takes neither the copy nor entries until it is told of the copy by a leader. */
  @Test
  void fetchedCopy_thatIsNotTakenBeforeAnotherLeads_tellsTheNode() {
    CompletableFuture<TermIndex> answer = fetchFrom("n2");
    fetch.complete(new LogPosition(2, 5, 1));
    assertEquals(TermIndex.valueOf(2, 5), answer.join());
    follow("n2");
    assertEquals(List.of(), stops);

    follow("n3");

    assertEquals(1, stops.size());
  }

  @Test
  void fetchedCopy_thatWasTaken_isOfNoMatterToTheNextLeader() throws IOException {
    var unused = fetchFrom("n2");
    fetch.complete(new LogPosition(2, 5, 1));
    machine.reinitialize();

    follow("n3");

    assertEquals(List.of(), stops);
  }

  private void follow(String leader) {
    machine.notifyLeaderChanged(
        RaftGroupMemberId.valueOf(RaftPeerId.valueOf("n1"), RaftGroupId.emptyGroupId()),
        RaftPeerId.valueOf(leader));
  }

  private CompletableFuture<TermIndex> fetchFrom(String leader) {
    follow(leader);
    RoleInfoProto.Builder info = RoleInfoProto.newBuilder();
    info.getFollowerInfoBuilder()
        .getLeaderInfoBuilder()
        .getIdBuilder()
        .setId(ByteString.copyFromUtf8(leader));
    return machine.notifyInstallSnapshotFromLeader(info.build(), TermIndex.valueOf(2, 5));
  }

  @Test
  void fetchedCopy_thatCannotBeOpened_tellsTheNode() throws IOException {
    apply(2, 5, entry(2, 1, "a"));
    machine.takeSnapshot();
    machine.replica().close();
    Files.writeString(data.resolve("copy/CURRENT"), "no manifest");

    assertThrows(StoreFailure.class, () -> machine.reinitialize());

    assertEquals(1, stops.size());
  }

  private boolean apply(long term, long index, byte[] data) {
    LogEntryProto entry =
        LogEntryProto.newBuilder()
            .setTerm(term)
            .setIndex(index)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(data)))
            .build();
    return machine
        .applyTransaction(machine.startTransaction(entry, RaftPeerRole.FOLLOWER))
        .join()
        .getContent()
        .equals(LedgerStateMachine.APPLIED.getContent());
  }

  private static byte[] entry(long term, long number, String value) {
    return ReplicatedCommit.of(
            term, number, new Batch().put(Table.INBOX, KEY, value.getBytes(UTF_8)))
        .encode();
  }

  private @Nullable String value() {
    byte[] value = machine.replica().store().get(Table.INBOX, KEY);
    return value == null ? null : new String(value, UTF_8);
  }

  @Test
  void commit_encodedAndDecoded_isTheSame() {
    byte[] entry = entry(4, 9, "a");
    ReplicatedCommit commit = ReplicatedCommit.decode(entry);

    assertEquals(4, commit.term());
    assertEquals(9, commit.number());
    assertArrayEquals(entry, commit.encode());
    assertNotNull(BatchCodec.decode(commit.batch()));
  }
}
