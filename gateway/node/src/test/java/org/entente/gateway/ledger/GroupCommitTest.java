package org.entente.gateway.ledger;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.ledger.commit.WriterThread;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private static final byte[] KEY = {1};
  private static final byte[] VALUE = {7};

  private final MemoryStore store = new MemoryStore();
  private final RecordingJournal journal = new RecordingJournal();
  private final AtomicInteger commits = new AtomicInteger();

  private GroupCommit writer(LedgerLimits limits) {
    return writer(limits, new WriterThread());
  }

  private GroupCommit writer(LedgerLimits limits, WriterExecutor turns) {
    return writer(limits, turns, new ReentrantLock());
  }

  private GroupCommit writer(LedgerLimits limits, WriterExecutor turns, ReentrantLock lock) {
    return new GroupCommit(
        store,
        journal,
        InstantSource.system(),
        limits,
        new CommitObserver() {
          @Override
          public void committed(int changes, long bytes, long nanos) {
            commits.incrementAndGet();
          }

          @Override
          public void failed(LedgerFailure why) {}
        },
        turns,
        lock);
  }

  /** Lets a test act right after its thread has given the lock away. */
  private static final class WatchedLock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    private transient Runnable action = () -> {};
    private int unlocks;

    void after(int times, Runnable then) {
      unlocks = times;
      action = then;
    }

    @Override
    public void unlock() {
      super.unlock();
      if (unlocks > 0 && --unlocks == 0) {
        action.run();
      }
    }
  }

  /** The writer's thread and timer in the hands of a test. */
  private static final class HandTurns implements WriterExecutor {
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private final Deque<Timer> timers = new ArrayDeque<>();
    private boolean callerMayWrite;
    private long nanos;

    private record Timer(long atNanos, Runnable task) {}

    @Override
    public boolean callerMayWrite() {
      return callerMayWrite;
    }

    @Override
    public void execute(Runnable task) {
      turns.add(task);
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void after(Duration delay, Runnable task) {
      timers.add(new Timer(nanos + delay.toNanos(), task));
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
      return future.join();
    }

    @Override
    public void close() {}

    void turn() {
      for (Runnable task = turns.poll(); task != null; task = turns.poll()) {
        task.run();
      }
    }

    void patienceEnds() {
      pass(GroupCommit.PATIENCE);
    }

    /** Lets time pass, at whose end the timers that are due run. */
    void pass(Duration time) {
      nanos += time.toNanos();
      for (int waiting = timers.size(); waiting > 0; waiting--) {
        Timer next = timers.remove();
        if (next.atNanos() <= nanos) {
          next.task().run();
        } else {
          timers.add(next);
        }
      }
      turn();
    }
  }

  private static Mutation<String> put(byte[] key, String result) {
    return tx -> {
      tx.put(Table.META, key, VALUE);
      return result;
    };
  }

  @Test
  void change_whenFutureCompletes_isCommitted() {
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      writer.start();
      assertEquals("done", writer.submit(Lane.ROUTINE, put(KEY, "done")).join());
      assertArrayEquals(VALUE, store.get(Table.META, KEY));
    }
  }

  /** Or its turn would stay taken: the ledger stood still, and did not say so. */
  @Test
  void change_thatEndsWithAnError_stopsTheLedger_withNothingOfItsBatchCommitted() {
    HandTurns turns = new HandTurns();
    GroupCommit writer = writer(LedgerLimits.DEFAULT, turns);
    writer.start();
    CompletableFuture<String> before = writer.submit(Lane.ROUTINE, put(KEY, "before"));
    CompletableFuture<String> failing =
        writer.submit(
            Lane.ROUTINE,
            tx -> {
              throw new NoClassDefFoundError("replaced under a running gateway");
            });
    CompletableFuture<String> after = writer.submit(Lane.ROUTINE, put(KEY, "after"));
    turns.turn();
    assertEquals(Code.NOT_READY, requireNonNull(writer.failure()).code());
    for (CompletableFuture<String> one : List.of(before, failing, after)) {
      CompletionException failed = assertThrows(CompletionException.class, one::join);
      assertInstanceOf(LedgerFailure.class, failed.getCause());
    }
    assertNull(store.get(Table.META, KEY));
    assertEquals(0, commits.get());
    writer.close();
  }

  /** A disk that hangs reports no failure. */
  @Test
  void change_thatIsStillWritten_isStuckAfterTheLimit_untilItIsDone() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      List<Boolean> stuck = new ArrayList<>();
      Mutation<Boolean> look =
          tx -> stuck.add(writer.isStuck(Duration.ZERO) && !writer.isStuck(Duration.ofDays(1)));
      assertFalse(writer.isStuck(Duration.ZERO));
      CompletableFuture<Boolean> done = writer.submit(Lane.ROUTINE, look);
      assertFalse(writer.isStuck(Duration.ZERO), "it waits for its turn");
      turns.turn();
      assertTrue(done.join());
      turns.callerMayWrite = true;
      assertTrue(writer.submitHere(Lane.ROUTINE, look).join());
      assertEquals(List.of(true, true), stuck);
      assertFalse(writer.isStuck(Duration.ZERO));
    }
  }

  /** What is stored must be answered, whatever an action does. */
  @Test
  void actionAfterACommit_thatEndsWithAnError_keepsNoAnswerBack() {
    HandTurns turns = new HandTurns();
    GroupCommit writer = writer(LedgerLimits.DEFAULT, turns);
    writer.start();
    CompletableFuture<String> done =
        writer.submit(
            Lane.ROUTINE,
            tx -> {
              tx.afterCommit(
                  () -> {
                    throw new NoClassDefFoundError("replaced under a running gateway");
                  });
              return put(KEY, "stored").apply(tx);
            });
    turns.turn();
    assertEquals("stored", done.join());
    writer.close();
  }

  @Test
  void changeHere_whileNothingIsCommitted_isCommittedOnReturn_withPatientOnes() {
    HandTurns turns = new HandTurns();
    turns.callerMayWrite = true;
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      CompletableFuture<String> patient =
          writer.submitPatient(Lane.ROUTINE, put(new byte[] {2}, "patient"));
      CompletableFuture<String> here = writer.submitHere(Lane.ROUTINE, put(KEY, "here"));
      assertTrue(here.isDone());
      assertTrue(patient.isDone());
      assertTrue(turns.turns.isEmpty(), "no other thread was woken");
      assertEquals(1, commits.get());
      assertArrayEquals(VALUE, store.get(Table.META, KEY));
    }
  }

  @Test
  void changeHere_whileAnotherWaitsForTheWriter_isCommittedByTheWriter() {
    HandTurns turns = new HandTurns();
    turns.callerMayWrite = true;
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      CompletableFuture<String> before = writer.submit(Lane.ROUTINE, put(new byte[] {2}, "before"));
      CompletableFuture<String> here = writer.submitHere(Lane.ROUTINE, put(KEY, "here"));
      assertFalse(here.isDone());
      turns.turn();
      assertTrue(before.isDone());
      assertTrue(here.isDone());
    }
  }

  /** Two threads that write at once would give the same numbers twice. */
  @Test
  void changeHere_thatIsRefused_leavesATurnThatAnotherThreadBeganToIt() throws Exception {
    HandTurns turns = new HandTurns();
    turns.callerMayWrite = true;
    WatchedLock lock = new WatchedLock();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thread other = new Thread(turns::turn);
    try (GroupCommit writer = writer(new LedgerLimits(16, 1_024, 1 << 20), turns, lock)) {
      writer.start();
      for (int i = 0; i < Lane.ROUTINE.share(16); i++) {
        var unused = writer.submitPatient(Lane.ROUTINE, put(new byte[] {(byte) i}, "patient"));
      }
      lock.after(
          3, // it has asked for the turn, was refused, and has found nothing to write
          () -> {
            var unused =
                writer.submit(
                    Lane.FLASH,
                    tx -> {
                      begun.countDown();
                      return isOver(go);
                    });
            other.start();
            assertTrue(isOver(begun));
          });
      assertTrue(writer.submitHere(Lane.ROUTINE, put(KEY, "full")).isCompletedExceptionally());
      CompletableFuture<String> here = writer.submitHere(Lane.FLASH, put(KEY, "here"));
      boolean alone = !here.isDone();
      go.countDown();
      other.join();
      turns.patienceEnds();
      assertTrue(alone, "the other thread was writing");
      assertEquals("here", here.join());
    }
  }

  private static boolean isOver(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whoever brings one change must not be kept to write those of others. */
  @Test
  void changesDuringAChangeHere_areLeftToTheWriter() {
    HandTurns turns = new HandTurns();
    turns.callerMayWrite = true;
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      List<CompletableFuture<String>> later = new ArrayList<>();
      CompletableFuture<String> here =
          writer.submitHere(
              Lane.ROUTINE,
              tx -> {
                tx.afterCommit(() -> later.add(writer.submitHere(Lane.ROUTINE, put(KEY, "later"))));
                return put(new byte[] {2}, "here").apply(tx);
              });
      assertTrue(here.isDone());
      assertFalse(later.get(0).isDone());
      turns.turn();
      assertTrue(later.get(0).isDone());
    }
  }

  /** What keeps a thread after its commit must keep nobody from committing. */
  @Test
  void actionAfterAChangeHere_runsOnTheSameThread_afterItsTurn() {
    HandTurns turns = new HandTurns();
    turns.callerMayWrite = true;
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      List<Thread> ran = new ArrayList<>();
      List<Boolean> committed = new ArrayList<>();
      Runnable action =
          () -> {
            ran.add(Thread.currentThread());
            committed.add(writer.submitHere(Lane.ROUTINE, put(KEY, "next")).isDone());
          };
      CompletableFuture<String> here =
          writer.submitHere(
              Lane.ROUTINE,
              tx -> {
                tx.afterCommit(() -> assertTrue(writer.doAfterTurnHere(action)));
                tx.afterCommit(() -> assertFalse(writer.doAfterTurnHere(action), "a second"));
                return put(new byte[] {2}, "here").apply(tx);
              });
      assertTrue(here.isDone());
      assertEquals(List.of(Thread.currentThread()), ran);
      assertEquals(List.of(true), committed, "the turn was over");
      assertFalse(writer.doAfterTurnHere(action), "outside of a turn");
    }
  }

  @Test
  void actionAfterAChangeOfTheWriter_isLeftToOthers() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      List<Boolean> kept = new ArrayList<>();
      CompletableFuture<String> done =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.afterCommit(() -> kept.add(writer.doAfterTurnHere(() -> {})));
                return put(KEY, "written").apply(tx);
              });
      turns.turn();
      assertTrue(done.isDone());
      assertEquals(List.of(false), kept);
    }
  }

  @Test
  void changeHere_thatFails_leavesTheNextOneItsTurn() {
    HandTurns turns = new HandTurns();
    turns.callerMayWrite = true;
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      CompletableFuture<String> failing =
          writer.submitHere(
              Lane.ROUTINE,
              tx -> {
                throw new IllegalStateException("a defect");
              });
      assertThrows(CompletionException.class, failing::join);
      assertTrue(writer.submitHere(Lane.ROUTINE, put(KEY, "next")).isDone());
    }
  }

  private static Mutation<String> large(int mebibytes) {
    return tx -> {
      byte[] value = new byte[1 << 20];
      for (int i = 0; i < mebibytes; i++) {
        tx.put(Table.META, new byte[] {9, (byte) i}, value);
      }
      return "large";
    };
  }

  /** A batch would not take it, and the writer would not know what reached the disk. */
  @Test
  void change_ofMoreBytesThanOneMayPut_isUndoneAlone() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      CompletableFuture<String> before = writer.submit(Lane.ROUTINE, put(KEY, "before"));
      CompletableFuture<String> tooLarge = writer.submit(Lane.ROUTINE, large(65));
      CompletableFuture<String> after = writer.submit(Lane.ROUTINE, put(new byte[] {2}, "after"));
      turns.turn();
      assertEquals("before", before.join());
      assertInstanceOf(
          IllegalStateException.class,
          assertThrows(CompletionException.class, tooLarge::join).getCause());
      assertEquals("after", after.join());
      assertNull(writer.failure());
      assertNull(store.get(Table.META, new byte[] {9, 0}));
      CompletableFuture<String> most = writer.submit(Lane.ROUTINE, large(39));
      turns.turn();
      assertEquals("large", most.join());
    }
  }

  /** A batch counts deleted keys too, and one that it does not take would stop the ledger. */
  @Test
  void change_thatDeletesMoreThanOneMay_isUndoneAlone() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      CompletableFuture<String> tooMuch =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                for (int i = 0; i < 66_000; i++) {
                  byte[] key = new byte[1_024];
                  key[0] = (byte) (i >> 16);
                  key[1] = (byte) (i >> 8);
                  key[2] = (byte) i;
                  tx.delete(Table.META, key);
                }
                return "deleted";
              });
      CompletableFuture<String> after = writer.submit(Lane.ROUTINE, put(KEY, "after"));
      turns.turn();
      assertThrows(CompletionException.class, tooMuch::join);
      assertEquals("after", after.join());
      assertNull(writer.failure());
    }
  }

  /** Of many within one change, the one that goes beyond is undone, and the change goes on. */
  @Test
  void changesWithinAnother_areBoundedTogether() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      CompletableFuture<String> outer =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                assertEquals("large", tx.within(large(30)));
                assertThrows(IllegalStateException.class, () -> tx.within(large(30)));
                return tx.within(put(KEY, "goes on"));
              });
      turns.turn();
      assertEquals("goes on", outer.join());
      assertArrayEquals(VALUE, store.get(Table.META, KEY));
    }
  }

  /** The largest changes that a commit may hold are less than a batch takes. */
  @Test
  void commit_hasRoomForOneMoreLargestChange() {
    long most = LedgerLimits.DEFAULT.maxBatchBytes() + Transaction.mostBytes(store);
    assertTrue(most + (8 << 20) <= Batch.MAX_BYTES, "and 8 MiB for the end of the log");
  }

  /** A replicated store takes 8 MiB in a commit and refuses more, which would stop the ledger. */
  @Test
  void changes_whereTheStoreTakesLess_areBoundedAndSplitByWhatItTakes() {
    store.takeBatchesUpTo(8 << 20);
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      List<CompletableFuture<String>> fits =
          Stream.generate(() -> writer.submit(Lane.ROUTINE, appended(4))).limit(5).toList();
      CompletableFuture<String> tooLarge = writer.submit(Lane.ROUTINE, large(6));
      writer.start();
      turns.turn();
      fits.forEach(one -> assertEquals("appended", one.join()));
      assertThrows(CompletionException.class, tooLarge::join);
      assertNull(writer.failure());
      assertEquals(5, store.commits());
    }
  }

  /** Leaves are most of what a refusal writes: 0.7 MB here, for a change that puts nothing. */
  @Test
  void leavesOfManyChanges_neverExceedACommit() {
    store.takeBatchesUpTo(8 << 20);
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      List<CompletableFuture<String>> refused =
          Stream.generate(() -> writer.submit(Lane.ROUTINE, refused(400))).limit(20).toList();
      writer.start();
      turns.turn();
      assertNull(writer.failure());
      refused.forEach(one -> assertEquals("refused", one.join()));
    }
  }

  @Test
  void change_ofMoreLeavesThanACommitTakes_isUndoneAlone() {
    store.takeBatchesUpTo(8 << 20);
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      CompletableFuture<String> before = writer.submit(Lane.ROUTINE, refused(700));
      CompletableFuture<String> tooLarge = writer.submit(Lane.ROUTINE, refused(5_000));
      CompletableFuture<String> after =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                assertThrows(IllegalStateException.class, () -> tx.within(refused(5_000)));
                return tx.within(refused(700));
              });
      writer.start();
      turns.turn();
      assertNull(writer.failure());
      assertThrows(CompletionException.class, tooLarge::join);
      assertEquals("refused", before.join());
      assertEquals("refused", after.join());
    }
  }

  private static Mutation<String> refused(int recipients) {
    AuditRecord leaf =
        AuditRecord.ofNode(
            AuditType.REFUSED,
            Instant.EPOCH,
            AuditActor.gateway(new AgencyName("fr.customs")),
            "\u8b66".repeat(500));
    return tx -> {
      for (int i = 0; i < recipients; i++) {
        tx.audit(leaf);
      }
      return "refused";
    };
  }

  private static Mutation<String> appended(int mebibytes) {
    return tx -> {
      for (int i = 0; i < mebibytes; i++) {
        byte[] key = {8, (byte) count(tx)};
        tx.put(Table.META, key, new byte[(1 << 20) - key.length]);
      }
      return "appended";
    };
  }

  private static int count(Transaction tx) {
    int count = 0;
    while (tx.get(Table.META, new byte[] {8, (byte) count}) != null) {
      count++;
    }
    return count;
  }

  @Test
  void patientChanges_thatFillACommit_doNotWait() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(new LedgerLimits(10, 2, 1 << 20), turns)) {
      writer.start();
      CompletableFuture<String> first = writer.submitPatient(Lane.ROUTINE, put(KEY, "first"));
      turns.turn();
      assertFalse(first.isDone());
      CompletableFuture<String> second = writer.submitPatient(Lane.ROUTINE, put(KEY, "second"));
      turns.turn();
      assertEquals("first", first.join());
      assertEquals("second", second.join());
    }
  }

  @Test
  void patientChange_goesWithTheNextThatIsNot_inOneCommit() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      CompletableFuture<String> patient =
          writer.submitPatient(Lane.FLASH, put(new byte[] {1}, "forgotten"));
      turns.turn();
      assertFalse(patient.isDone());
      assertEquals(0, commits.get());
      CompletableFuture<String> other =
          writer.submit(Lane.ROUTINE, put(new byte[] {2}, "accepted"));
      turns.turn();
      assertEquals("forgotten", patient.join());
      assertEquals("accepted", other.join());
      assertEquals(1, commits.get());
      turns.patienceEnds();
      assertEquals(1, commits.get());
    }
  }

  @Test
  void patientChanges_withoutCompany_areCommittedTogetherWhenTheirPatienceEnds() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      List<CompletableFuture<String>> patient = new ArrayList<>();
      for (byte i = 0; i < 3; i++) {
        patient.add(writer.submitPatient(Lane.ROUTINE, put(new byte[] {i}, "x")));
        turns.turn();
      }
      assertEquals(0, commits.get());
      turns.patienceEnds();
      patient.forEach(one -> assertEquals("x", one.join()));
      assertEquals(1, commits.get());
    }
  }

  @Test
  void patientChange_thatComesDuringACommit_causesNoneOfItsOwn_andIsNotForgotten() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      List<CompletableFuture<String>> patient = new ArrayList<>();
      CompletableFuture<String> other =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.afterCommit(
                    () ->
                        patient.add(
                            writer.submitPatient(Lane.ROUTINE, put(new byte[] {2}, "later"))));
                tx.put(Table.META, KEY, VALUE);
                return "now";
              });
      turns.turn();
      assertEquals("now", other.join());
      assertFalse(patient.get(0).isDone());
      turns.patienceEnds();
      assertEquals("later", patient.get(0).join());
      assertEquals(2, commits.get());
    }
  }

  /** The timer of an earlier one must not commit it early: it would miss the next commit. */
  @Test
  void patientChange_behindOneThatWentWithACommit_waitsForAsLong() {
    HandTurns turns = new HandTurns();
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT, turns)) {
      writer.start();
      var unused = writer.submitPatient(Lane.ROUTINE, put(new byte[] {1}, "first"));
      var unused2 = writer.submit(Lane.ROUTINE, put(new byte[] {2}, "now"));
      turns.turn();
      assertEquals(1, commits.get());
      turns.pass(GroupCommit.PATIENCE.dividedBy(2));
      CompletableFuture<String> second =
          writer.submitPatient(Lane.ROUTINE, put(new byte[] {3}, "second"));
      turns.pass(GroupCommit.PATIENCE.dividedBy(2));
      assertEquals(1, commits.get());
      assertFalse(second.isDone());
      turns.pass(GroupCommit.PATIENCE.dividedBy(2));
      assertEquals("second", second.join());
      assertEquals(2, commits.get());
    }
  }

  @Test
  void patientChanges_moreThanABatchHolds_areAllCommitted() {
    HandTurns turns = new HandTurns();
    LedgerLimits limits = new LedgerLimits(100, 2, 1 << 20);
    try (GroupCommit writer = writer(limits, turns)) {
      writer.start();
      List<CompletableFuture<String>> patient = new ArrayList<>();
      for (byte i = 0; i < 5; i++) {
        patient.add(writer.submitPatient(Lane.ROUTINE, put(new byte[] {i}, "x")));
      }
      for (int i = 0; i < 3; i++) {
        turns.patienceEnds();
      }
      patient.forEach(one -> assertTrue(one.isDone()));
      assertEquals(3, commits.get());
    }
  }

  @Test
  void patientChange_whenTheWriterCloses_isCommitted() {
    CompletableFuture<String> patient;
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      writer.start();
      patient = writer.submitPatient(Lane.ROUTINE, put(KEY, "done"));
    }
    assertEquals("done", patient.join());
    assertArrayEquals(VALUE, store.get(Table.META, KEY));
  }

  @Test
  void changes_thatWaitTogether_shareOneCommit() {
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      List<CompletableFuture<String>> waiting = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        waiting.add(writer.submit(Lane.ROUTINE, put(new byte[] {(byte) i}, "x")));
      }
      writer.start();
      waiting.forEach(CompletableFuture::join);
      assertEquals(1, commits.get());
    }
  }

  @Test
  void flash_thatWaitsBehindRoutine_isAppliedFirst() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      CompletableFuture<String> routine = writer.submit(Lane.ROUTINE, tx -> add(order, "routine"));
      CompletableFuture<String> flash = writer.submit(Lane.FLASH, tx -> add(order, "flash"));
      writer.start();
      routine.join();
      flash.join();
      assertEquals(List.of("flash", "routine"), order);
    }
  }

  /** Bulk that waits behind a FLASH is not in its commit, which is short and over soon. */
  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // committed when the writer is closed
  void flash_beforeBulk_hasACommitOfItsOwn() {
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      List<Integer> commitsBefore = Collections.synchronizedList(new ArrayList<>());
      Mutation<Boolean> bulk = tx -> commitsBefore.add(commits.get());
      CompletableFuture<Boolean> routine = writer.submit(Lane.ROUTINE, bulk);
      CompletableFuture<Boolean> priority = writer.submit(Lane.PRIORITY, bulk);
      writer.submit(Lane.FLASH, put(KEY, "1"));
      writer.submit(Lane.FLASH, put(KEY, "2"));
      writer.start();
      routine.join();
      priority.join();
      assertEquals(List.of(1, 1), commitsBefore);
      assertEquals(2, commits.get());
    }
  }

  /**
   * A FLASH that comes while bulk is applied is in that commit, and what is left of the bulk not.
   */
  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // committed when the writer is closed
  void flash_thatComesWhileABatchIsApplied_endsIt() {
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      List<String> order = Collections.synchronizedList(new ArrayList<>());
      writer.submit(
          Lane.ROUTINE,
          tx -> {
            CompletableFuture<String> unused =
                writer.submit(Lane.FLASH, inner -> add(order, "flash in commit " + commits.get()));
            return add(order, "bulk in commit " + commits.get());
          });
      CompletableFuture<String> rest =
          writer.submit(Lane.ROUTINE, tx -> add(order, "bulk in commit " + commits.get()));
      writer.start();
      rest.join();
      assertEquals(List.of("bulk in commit 0", "flash in commit 0", "bulk in commit 1"), order);
    }
  }

  /** One FLASH after the other, without end: bulk goes on all the same. */
  @Test
  void bulk_besideFlashWithoutEnd_isCommitted() {
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<String> bulk =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                done.set(true);
                return "bulk";
              });
      AtomicReference<Mutation<String>> again = new AtomicReference<>();
      again.set(
          tx -> {
            if (!done.get()) {
              CompletableFuture<String> unused =
                  writer.submit(Lane.FLASH, requireNonNull(again.get()));
            }
            return "flash";
          });
      CompletableFuture<String> unused = writer.submit(Lane.FLASH, requireNonNull(again.get()));
      writer.start();
      assertEquals("bulk", bulk.orTimeout(20, TimeUnit.SECONDS).join());
    }
  }

  @Test
  void flash_whereBulkHasFilledItsShare_isStillTaken() {
    try (GroupCommit writer = writer(new LedgerLimits(16, 1_000, 1 << 20))) {
      for (int i = 0; i < 14; i++) {
        assertFalse(writer.submit(Lane.ROUTINE, put(KEY, "bulk")).isDone());
      }
      for (Lane lane : List.of(Lane.ROUTINE, Lane.PRIORITY, Lane.IMMEDIATE)) {
        assertEquals(Code.OVERLOADED, unavailable(writer.submit(lane, put(KEY, "more"))).code());
      }
      assertFalse(writer.submit(Lane.FLASH, put(KEY, "1")).isDone());
      assertFalse(writer.submit(Lane.FLASH, put(KEY, "2")).isDone());
      assertEquals(Code.OVERLOADED, unavailable(writer.submit(Lane.FLASH, put(KEY, "3"))).code());
      writer.start();
    }
  }

  private static String add(List<String> order, String name) {
    order.add(name);
    return name;
  }

  @Test
  void change_seesWhatEarlierOnesOfItsBatchDid() {
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      CompletableFuture<String> first = writer.submit(Lane.ROUTINE, put(KEY, "first"));
      CompletableFuture<Boolean> seen =
          writer.submit(Lane.ROUTINE, tx -> tx.get(Table.META, KEY) != null);
      CompletableFuture<Boolean> deleted =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.delete(Table.META, KEY);
                return tx.get(Table.META, KEY) == null;
              });
      writer.start();
      assertEquals("first", first.join());
      assertTrue(seen.join());
      assertTrue(deleted.join());
      assertNull(store.get(Table.META, KEY));
    }
  }

  @Test
  void change_thatThrows_isUndoneAloneAndItsCallerTold() {
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      CompletableFuture<String> defective =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.put(Table.META, KEY, VALUE);
                throw new IllegalStateException("a defect");
              });
      CompletableFuture<String> deep =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.put(Table.META, KEY, VALUE);
                tx.afterCommit(() -> {});
                throw new StackOverflowError();
              });
      byte[] other = {2};
      CompletableFuture<String> sound =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.afterCommit(
                    () -> {
                      throw new StackOverflowError();
                    });
                return put(other, "sound").apply(tx);
              });
      writer.start();
      assertEquals("sound", sound.join());
      assertInstanceOf(
          StackOverflowError.class, assertThrows(CompletionException.class, deep::join).getCause());
      CompletionException told = assertThrows(CompletionException.class, defective::join);
      assertInstanceOf(IllegalStateException.class, told.getCause());
      assertNull(store.get(Table.META, KEY));
      assertArrayEquals(VALUE, store.get(Table.META, other));
    }
  }

  @Test
  void commit_thatFails_acknowledgesNothingAndStopsTheWriter() {
    store.failNextCommit(new StoreFailure(StoreFailure.Kind.DISK_FULL, "no space", null));
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      AtomicInteger after = new AtomicInteger();
      CompletableFuture<String> lost =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.put(Table.META, KEY, VALUE);
                tx.afterCommit(after::incrementAndGet);
                return "x";
              });
      writer.start();
      assertEquals(Code.STORAGE_FULL, unavailable(lost).code());
      assertEquals(Code.STORAGE_FULL, unavailable(writer.submit(Lane.FLASH, put(KEY, "y"))).code());
      assertEquals(0, after.get());
      assertEquals(1, journal.rolledBack);
      assertEquals(0, journal.committed);
    }
  }

  /** Threat 57: the disk would have taken it, the audit log does not. */
  @Test
  void commit_whoseAuditLeafCannotBeWritten_acknowledgesNothingAndWritesNothing() {
    journal.failing = true;
    try (GroupCommit writer = writer(LedgerLimits.DEFAULT)) {
      AtomicInteger after = new AtomicInteger();
      CompletableFuture<String> lost =
          writer.submit(
              Lane.ROUTINE,
              tx -> {
                tx.put(Table.META, KEY, VALUE);
                tx.afterCommit(after::incrementAndGet);
                return "x";
              });
      writer.start();
      assertEquals(Code.NOT_READY, unavailable(lost).code());
      assertEquals(0, after.get());
      assertNull(store.get(Table.META, KEY));
      assertEquals(0, commits.get());
      assertEquals(1, journal.rolledBack);
      // Not even once the log could be written again: what it holds is not known.
      journal.failing = false;
      assertEquals(Code.NOT_READY, unavailable(writer.submit(Lane.FLASH, put(KEY, "y"))).code());
    }
  }

  @Test
  void change_beyondTheLimit_isRefusedAsOverloaded() {
    try (GroupCommit writer = writer(new LedgerLimits(2, 10, 1_000))) {
      CompletableFuture<String> one = writer.submit(Lane.ROUTINE, put(KEY, "1"));
      CompletableFuture<String> two = writer.submit(Lane.ROUTINE, put(KEY, "2"));
      assertEquals(Code.OVERLOADED, unavailable(writer.submit(Lane.ROUTINE, put(KEY, "3"))).code());
      writer.start();
      assertEquals("1", one.join());
      assertEquals("2", two.join());
    }
  }

  @Test
  void closing_commitsWhatWaitsAndTakesNoMore() throws InterruptedException {
    GroupCommit writer = writer(LedgerLimits.DEFAULT);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<String> first =
        writer.submit(
            Lane.ROUTINE,
            tx -> {
              inside.countDown();
              awaitQuietly(go);
              return "first";
            });
    writer.start();
    inside.await();
    CompletableFuture<String> second = writer.submit(Lane.ROUTINE, put(KEY, "second"));
    Thread closer = new Thread(writer::close);
    closer.start();
    go.countDown();
    closer.join();
    assertEquals("first", first.join());
    assertEquals("second", second.join());
    assertEquals(Code.NOT_READY, unavailable(writer.submit(Lane.FLASH, put(KEY, "no"))).code());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LedgerFailure unavailable(CompletableFuture<?> future) {
    CompletionException told = assertThrows(CompletionException.class, future::join);
    return assertInstanceOf(LedgerFailure.class, told.getCause());
  }

  private static final class RecordingJournal implements Journal {
    private int committed;
    private int rolledBack;
    private int written;
    private volatile boolean failing;

    @Override
    public void append(Batch batch, List<AuditRecord> leaves) {
      if (failing) {
        throw new IllegalStateException("no leaf can be written");
      }
      for (AuditRecord leaf : leaves) {
        byte[] key = {(byte) (written >> 16), (byte) (written >> 8), (byte) written++};
        batch.put(Table.AUDIT_LEAF, key, new byte[StoredLeaf.mostBytes(leaf) - key.length]);
      }
    }

    @Override
    public void committed() {
      committed++;
    }

    @Override
    public void rolledBack() {
      rolledBack++;
    }
  }
}
