package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.deliver.DeliveryLeaves.Cursor;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.junit.jupiter.api.Test;

/** Which changes of a cursor begin a commit, with the ledger's writer in the test's hands. */
class CursorChangesTest {
  private static final Cursor CURSOR = new Cursor("desk", "cursor");
  private static final LaneCursor.SentMessage MESSAGE =
      new LaneCursor.SentMessage(
          MessageId.fresh(1, new Random(1)),
          new AgencyName("fr.customs"),
          new RetrievalPlace(1, 20_000));

  private final HandTurns turns = new HandTurns();
  private final Ledger ledger =
      QuietLedger.started(
          new MemoryStore(),
          InstantSource.fixed(Instant.EPOCH),
          new QuietLedger.NoJournal(),
          LedgerLimits.DEFAULT,
          turns);
  private final List<Integer> applied = new ArrayList<>();
  private final CursorChanges changes =
      new CursorChanges(
          ledger,
          (tx, cursor, all) -> {
            applied.add(all.size());
            return all.size();
          });

  /** The writer's turns and timers. */
  private static final class HandTurns implements WriterExecutor {
    private final Deque<Runnable> due = new ArrayDeque<>();
    private final Deque<Runnable> timers = new ArrayDeque<>();
    private long nanos;

    @Override
    public void execute(Runnable task) {
      due.add(task);
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void after(Duration delay, Runnable task) {
      timers.add(
          () -> {
            nanos += delay.toNanos();
            task.run();
          });
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
      return future.join();
    }

    @Override
    public void close() {}

    void turn() {
      for (Runnable task = due.poll(); task != null; task = due.poll()) {
        task.run();
      }
    }

    void patienceEnds() {
      for (int waiting = timers.size(); waiting > 0; waiting--) {
        timers.remove().run();
      }
      turn();
    }
  }

  private CompletableFuture<?> acknowledge(int messages) {
    return changes.add(
        CURSOR,
        new CursorChanges.Change(
            Collections.nCopies(messages, MESSAGE), null, (tx, before, places) -> before));
  }

  @Test
  void fewAcknowledgements_rideWithAnotherCommit() {
    CompletableFuture<?> first = acknowledge(1);
    CompletableFuture<?> second = acknowledge(1);
    turns.turn();
    assertEquals(List.of(), applied);
    var unused = ledger.write(Lane.ROUTINE, tx -> true);
    turns.turn();
    assertEquals(List.of(2), applied);
    assertTrue(first.isDone() && second.isDone());
    assertFalse(changes.isWaiting(CURSOR));
  }

  @Test
  void acknowledgement_withNoOtherCommit_isDurableAfterTheLedgersPatience() {
    CompletableFuture<?> only = acknowledge(1);
    turns.turn();
    assertFalse(only.isDone());
    turns.patienceEnds();
    assertTrue(only.isDone());
    CompletableFuture<?> next = acknowledge(1);
    turns.patienceEnds();
    assertTrue(next.isDone());
    assertEquals(0, ledger.waiting());
  }

  /** Otherwise a client that reads a backlog would wait for the ledger's patience. */
  @Test
  void manyAcknowledgements_beginACommit() {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 1; i < CursorChanges.MANY; i++) {
      all.add(acknowledge(1));
    }
    turns.turn();
    assertEquals(List.of(), applied);
    all.add(acknowledge(1));
    all.add(acknowledge(1));
    assertEquals(2, ledger.waiting(), "one that rides, one that begins a commit");
    turns.turn();
    assertTrue(all.stream().allMatch(CompletableFuture::isDone));
    assertEquals(List.of(CursorChanges.MANY + 1), applied);
    assertEquals(0, ledger.waiting());
  }

  /** A stream that opens or ends waits for it. */
  @Test
  void whatIsNoAcknowledgement_andTheEndOfAStream_beginACommit() {
    CompletableFuture<?> before = acknowledge(1);
    CompletableFuture<?> opened = acknowledge(0);
    turns.turn();
    assertTrue(before.isDone() && opened.isDone());
    CompletableFuture<?> last = acknowledge(1);
    turns.turn();
    assertFalse(last.isDone());
    changes.hurry(CURSOR);
    turns.turn();
    assertTrue(last.isDone());
    changes.hurry(CURSOR);
    assertEquals(0, ledger.waiting(), "nothing is left to commit");
  }

  @Test
  void changesThatFail_areToldOnce_andLaterOnesAreTaken() {
    CursorChanges failing =
        new CursorChanges(
            ledger,
            (tx, cursor, all) -> {
              if (applied.isEmpty()) {
                throw new IllegalStateException("a damaged record");
              }
              return all.size();
            });
    CursorChanges.Change change =
        new CursorChanges.Change(List.of(), null, (tx, before, places) -> before);
    CompletableFuture<?> failed = failing.add(CURSOR, change);
    turns.turn();
    assertTrue(failed.isCompletedExceptionally());
    applied.add(0);
    CompletableFuture<?> later =
        failing.add(
            CURSOR, new CursorChanges.Change(List.of(), null, (tx, before, places) -> before));
    turns.turn();
    assertTrue(later.isDone() && !later.isCompletedExceptionally());
    assertFalse(failing.isWaiting(CURSOR));
  }
}
