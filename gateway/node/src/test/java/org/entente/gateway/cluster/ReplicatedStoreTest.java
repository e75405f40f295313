package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.BatchCodec;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;
import org.entente.gateway.store.StoreState;
import org.entente.gateway.store.Table;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader's store does with the answers of the log. */
class ReplicatedStoreTest {
  private static final byte[] KEY = {1};

  /** Kind, table, length of the key, key. */
  private static final int DELETE_BYTES = 7;

  private final Deque<CompletableFuture<Boolean>> answers = new ArrayDeque<>();
  private final Deque<ReplicatedCommit> appended = new ArrayDeque<>();
  private final LeaderLease lease = new LeaderLease(Duration.ofMinutes(1), System::nanoTime);
  private Runnable whenAppended = () -> {};
  @AutoClose private final Store copy;
  @AutoClose private final ReplicatedStore store;

  ReplicatedStoreTest(@TempDir Path dir) {
    copy = RocksStore.open(dir.resolve("data"), RocksOptions.defaults());
    store = new ReplicatedStore(copy, this::append, 7, 40, Duration.ofSeconds(30), lease);
  }

  private CompletableFuture<Boolean> append(byte[] entry) {
    appended.add(ReplicatedCommit.decode(entry));
    whenAppended.run();
    return answers.remove();
  }

  private static Batch batch() {
    return new Batch().put(Table.INBOX, KEY, KEY);
  }

  @Test
  void commit_namesItsTermAndTheNextNumber() {
    answers.add(CompletableFuture.completedFuture(true));
    answers.add(CompletableFuture.completedFuture(true));
    store.commit(batch(), Durability.SYNCED);
    store.commit(batch(), Durability.BUFFERED);

    for (long number = 41; number <= 42; number++) {
      ReplicatedCommit commit = appended.remove();
      assertEquals(7, commit.term());
      assertEquals(number, commit.number());
      assertArrayEquals(BatchCodec.encode(batch()), commit.batch());
    }
  }

  @Test
  void commit_whosePlaceWasTaken_failsAndNoneFollows() {
    answers.add(CompletableFuture.completedFuture(false));

    assertFails(Kind.NOT_LEADER);
    assertFails(Kind.FAILED_EARLIER);
    assertEquals(1, appended.size(), "nothing is appended after a failure");
    assertEquals(StoreState.Status.FAILED, store.state().status());
    assertNull(store.get(Table.INBOX, KEY), "reads go on");
  }

  @Test
  void commit_thatTheClusterRefused_failsAndNoneFollows() {
    answers.add(CompletableFuture.failedFuture(new IllegalStateException("no majority")));

    assertFails(Kind.NOT_LEADER);
    assertFails(Kind.FAILED_EARLIER);
  }

  /** The node to which it should go failed in that moment. */
  @Test
  void commit_whileTheLeadIsPassedInVain_isAppendedAfterwards() {
    answers.add(passing());
    answers.add(passing());
    answers.add(CompletableFuture.completedFuture(true));

    store.commit(batch(), Durability.SYNCED);

    assertEquals(StoreState.OPEN, store.state());
    assertEquals(List.of(41L, 41L, 41L), appended.stream().map(ReplicatedCommit::number).toList());
  }

  private static CompletableFuture<Boolean> passing() {
    return CompletableFuture.failedFuture(new LeaderSteppingDownException("n1 is stepping down"));
  }

  @Test
  void commit_whileTheLeadIsPassed_failsWithTheLead() {
    answers.add(passing());
    whenAppended = () -> store.leadershipEnded("this node no longer leads");

    assertFails(Kind.NOT_LEADER);
    assertFails(Kind.FAILED_EARLIER);
    assertEquals(1, appended.size());
  }

  @Test
  void commit_whileTheLeadIsPassedForLong_failsAfterItsPatience() {
    for (int i = 0; i < 1_000; i++) {
      answers.add(passing());
    }
    ReplicatedStore hasty =
        new ReplicatedStore(copy, this::append, 7, 40, Duration.ofMillis(1), lease);

    assertThrows(StoreFailure.class, () -> hasty.commit(batch(), Durability.SYNCED));
    assertEquals(StoreState.Status.FAILED, hasty.state().status());
  }

  @Test
  void commit_withoutAnAnswer_failsAfterItsPatience() {
    answers.add(new CompletableFuture<>());
    ReplicatedStore hasty =
        new ReplicatedStore(copy, this::append, 7, 40, Duration.ofMillis(1), lease);

    StoreFailure failure =
        assertThrows(StoreFailure.class, () -> hasty.commit(batch(), Durability.SYNCED));
    assertEquals(Kind.NOT_LEADER, failure.kind());
    assertTrue(failure.getMessage().contains("no majority answered"), failure.getMessage());
    assertEquals(StoreState.Status.FAILED, hasty.state().status());
  }

  @Test
  void commit_afterTheLeadEnded_isRefusedUnsent() {
    store.leadershipEnded("this node no longer leads");

    assertFails(Kind.FAILED_EARLIER);
    assertTrue(appended.isEmpty());
  }

  @Test
  void leader_mayDeliverFromItsFirstCommit_untilItsLeadEnds() {
    assertFalse(store.isCurrent());
    answers.add(CompletableFuture.completedFuture(true));
    store.commit(batch(), Durability.SYNCED);
    assertTrue(store.isCurrent());

    store.leadershipEnded("this node no longer leads");
    assertFalse(store.isCurrent());
  }

  @Test
  void close_leavesTheCopyOpen() {
    store.close();

    assertFalse(copy.state().status() == StoreState.Status.CLOSED);
    assertNull(copy.get(Table.INBOX, KEY));
  }

  /** Many small changes are longer than their content. */
  @Test
  void commit_tooLongWhenEncoded_isRefusedUnsent() {
    Batch batch = new Batch();
    for (int i = 0; i < ReplicatedCommit.MAX_BYTES / DELETE_BYTES; i++) {
      batch.delete(Table.INBOX, KEY);
    }
    assertTrue(batch.bytes() < store.maxBatchBytes());

    assertThrows(IllegalArgumentException.class, () -> store.commit(batch, Durability.SYNCED));
    assertTrue(appended.isEmpty());
    assertEquals(StoreState.OPEN, store.state());
  }

  private void assertFails(Kind kind) {
    StoreFailure failure =
        assertThrows(StoreFailure.class, () -> store.commit(batch(), Durability.SYNCED));
    assertEquals(kind, failure.kind());
  }
}
