package org.entente.gateway.ledger;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer: takes all waiting changes, highest lane first, applies them and commits them
 * with one fsync; later ones go into the next batch. So a lone change does not wait, and under load
 * changes share the cost of the fsync. A patient change does not start a commit: it joins the next
 * one, or is committed alone after {@link #PATIENCE}. A change that is submitted here is committed
 * by its caller's thread if none is being committed: waking the writer's thread would only take
 * time.
 *
 * <p>A mutation that throws is undone alone, and its caller gets the exception. A failed commit,
 * and an {@link Error} in a mutation, fails its whole batch and stops the writer permanently,
 * because it is unknown what reached the disk: the node is reopened and reconciles.
 */
final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  /** The longest wait of a patient change for another commit. */
  static final Duration PATIENCE = Duration.ofMillis(100);

  private record WaitingChange<T>(
      Lane lane, Mutation<T> mutation, CompletableFuture<T> done, boolean patient) {}

  private record AppliedChange<T>(CompletableFuture<T> done, T result) {
    void complete() {
      done.complete(result);
    }

    void fail(LedgerFailure why) {
      done.completeExceptionally(why);
    }
  }

  private final Store store;
  private final Journal journal;
  private final InstantSource clock;
  private final LedgerLimits limits;
  private final CommitObserver observer;
  private final WriterExecutor turns;
  private final long closingBytes;

  private final ReentrantLock lock;
  private final Condition idle;
  private final Map<Lane, Deque<WaitingChange<?>>> waiting = new EnumMap<>(Lane.class);
  private int waitingCount;
  private int patientCount;

  /** Since when the oldest patient change waits, or earlier; by the clock of the turns. */
  private long patientSince;

  private boolean dozing;
  private boolean due;
  private boolean started;
  private boolean running;
  private boolean hurried;
  private boolean closing;

  /** The thread that writes a batch of its own; only that thread finds itself here. */
  private volatile @Nullable Thread here;

  /** Since when, in nanoseconds of {@link System#nanoTime}, the present batch is being written. */
  private volatile OptionalLong writingSince = OptionalLong.empty();

  /** What that thread does after its turn. */
  private @Nullable Runnable afterTurn;

  private @Nullable LedgerFailure failure;

  GroupCommit(
      Store store,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer,
      WriterExecutor turns) {
    this(store, journal, clock, limits, observer, turns, new ReentrantLock());
  }

  /** The same with a lock of the caller, which sees each step between two threads. */
  GroupCommit(
      Store store,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer,
      WriterExecutor turns,
      ReentrantLock lock) {
    this.lock = lock;
    this.idle = lock.newCondition();
    this.store = store;
    this.journal = journal;
    this.clock = clock;
    this.limits = limits;
    this.observer = observer;
    this.turns = turns;
    this.closingBytes = Math.min(limits.maxBatchBytes(), Transaction.closingBytes(store));
    for (Lane lane : Lane.all()) {
      waiting.put(lane, new ArrayDeque<>());
    }
  }

  void start() {
    lock.lock();
    try {
      started = true;
      takeTurn();
    } finally {
      lock.unlock();
    }
  }

  /** Schedules a turn if there is work and none is scheduled. Under the lock. */
  private void takeTurn() {
    if (started && !running && hasReason()) {
      running = true;
      turns.execute(this::run);
    }
  }

  /** Whether a waiting change requires a commit. Under the lock. */
  private boolean hasReason() {
    return waitingCount > patientCount
        || waitingCount >= limits.maxBatch()
        || ((due || closing) && waitingCount > 0);
  }

  <T> CompletableFuture<T> submit(Lane lane, Mutation<T> mutation) {
    return submit(lane, mutation, /* patient= */ false);
  }

  <T> CompletableFuture<T> submitHere(Lane lane, Mutation<T> mutation) {
    boolean here = mayTurnHere();
    CompletableFuture<T> done = submit(lane, mutation);
    if (here) {
      runHere();
    }
    return done;
  }

  /** Keeps other threads from taking a turn, if none has one. */
  private boolean mayTurnHere() {
    lock.lock();
    try {
      boolean here = started && !running && !closing && turns.callerMayWrite();
      running |= here;
      return here;
    } finally {
      lock.unlock();
    }
  }

  <T> CompletableFuture<T> submitPatient(Lane lane, Mutation<T> mutation) {
    return submit(lane, mutation, /* patient= */ true);
  }

  private <T> CompletableFuture<T> submit(Lane lane, Mutation<T> mutation, boolean patient) {
    CompletableFuture<T> done = new CompletableFuture<>();
    LedgerFailure refused = enqueue(new WaitingChange<>(lane, mutation, done, patient));
    if (refused != null) {
      done.completeExceptionally(refused);
    }
    return done;
  }

  private @Nullable LedgerFailure enqueue(WaitingChange<?> entry) {
    lock.lock();
    try {
      if (failure != null) {
        return failure;
      }
      if (closing) {
        return new LedgerFailure(Code.NOT_READY, "the gateway is stopping", null);
      }
      int share = entry.lane().share(limits.maxWaiting());
      if (waitingCount >= share) {
        return new LedgerFailure(
            Code.OVERLOADED,
            "more than " + share + " changes wait for the disk; try again later",
            null);
      }
      queue(entry.lane()).add(entry);
      waitingCount++;
      if (entry.patient()) {
        if (patientCount++ == 0) {
          patientSince = turns.nanos();
        }
        doze(PATIENCE);
      }
      takeTurn();
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Sets the timer for the patient changes. Under the lock. */
  private void doze(Duration delay) {
    if (!dozing) {
      dozing = true;
      turns.after(delay, this::wake);
    }
  }

  private void wake() {
    lock.lock();
    try {
      dozing = false;
      if (patientCount == 0) {
        return;
      }
      // Other commits took the changes for which the timer was set: later ones have time left.
      Duration left = PATIENCE.minusNanos(turns.nanos() - patientSince);
      if (left.isNegative() || left.isZero()) {
        due = true;
        takeTurn();
      } else {
        doze(left);
      }
    } finally {
      lock.unlock();
    }
  }

  @Nullable LedgerFailure failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waitingCount;
    } finally {
      lock.unlock();
    }
  }

  /** Writes one batch; what came meanwhile is left to the writer's thread. */
  private void runHere() {
    WaitingChange<?> first = take();
    if (first == null) {
      // The turn is over, and another thread may have begun the next one.
      return;
    }
    here = Thread.currentThread();
    try {
      write(first);
    } finally {
      here = null;
    }
    Runnable after = afterTurn;
    afterTurn = null;
    lock.lock();
    try {
      running = false;
      idle.signalAll();
      takeTurn();
    } finally {
      lock.unlock();
    }
    if (after != null) {
      runQuietly(after);
    }
  }

  /**
   * Keeps an action for this thread, until it has left its turn; false if it has none here, or has
   * one already: other threads do the further ones meanwhile.
   */
  boolean doAfterTurnHere(Runnable action) {
    boolean mine = here == Thread.currentThread() && afterTurn == null;
    if (mine) {
      afterTurn = action;
    }
    return mine;
  }

  private void run() {
    for (WaitingChange<?> first = take(); first != null; first = take()) {
      write(first);
    }
  }

  /**
   * The first change of a batch, or null if none waits, which ends the turn. It is of the highest
   * lane, except that the batch after one ended by a FLASH begins with bulk.
   */
  private @Nullable WaitingChange<?> take() {
    lock.lock();
    try {
      WaitingChange<?> first = hasReason() ? first() : null;
      due = false;
      if (patientCount > 0) {
        patientSince = turns.nanos();
        doze(PATIENCE);
      }
      running = first != null;
      if (!running) {
        idle.signalAll();
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable WaitingChange<?> first() {
    WaitingChange<?> bulk = hurried ? poll(Lane.IMMEDIATE, Lane.ROUTINE) : null;
    return bulk == null ? poll(Lane.FLASH, Lane.ROUTINE) : bulk;
  }

  /** The next change of a batch, from the highest lane, if that is not below the given one. */
  private @Nullable WaitingChange<?> more(Lane lowest) {
    lock.lock();
    try {
      return poll(Lane.FLASH, lowest);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable WaitingChange<?> poll(Lane highest, Lane lowest) {
    for (Lane lane : Lane.all()) {
      boolean within = lane.compareTo(highest) >= 0 && lane.compareTo(lowest) <= 0;
      WaitingChange<?> entry = within ? queue(lane).poll() : null;
      if (entry != null) {
        waitingCount--;
        patientCount -= entry.patient() ? 1 : 0;
        return entry;
      }
    }
    return null;
  }

  /**
   * Writes a batch of the changes waiting at its start. A FLASH that arrives meanwhile joins and
   * ends the batch, so that bulk does not delay its commit. This happens in every second batch at
   * most; the other begins with bulk, so bulk progresses under any number of FLASH messages.
   */
  private void write(WaitingChange<?> first) {
    writingSince = OptionalLong.of(System.nanoTime());
    try {
      writeBatch(first);
    } finally {
      writingSince = OptionalLong.empty();
    }
  }

  /** Whether one batch has been written for at least {@code limit}. Waits for nothing. */
  boolean isStuck(Duration limit) {
    OptionalLong since = writingSince;
    return since.isPresent() && System.nanoTime() - since.getAsLong() >= limit.toNanos();
  }

  private void writeBatch(WaitingChange<?> first) {
    Transaction tx = new Transaction(store, clock.millis());
    List<AppliedChange<?>> applied = new ArrayList<>();
    try {
      apply(first, tx, applied);
    } catch (Error e) {
      // As in a commit. The turn must end, or the ledger would stand still and not say so.
      LedgerFailure why = unavailable(e);
      fail(why);
      applied.forEach(one -> one.fail(why));
      return;
    }
    if (!applied.isEmpty()) {
      commit(tx, applied);
    }
  }

  private void apply(WaitingChange<?> first, Transaction tx, List<AppliedChange<?>> applied) {
    int most = Math.min(limits.maxBatch(), 1 + waiting());
    boolean hurries = false;
    int count = 0;
    for (WaitingChange<?> entry = first; entry != null; ) {
      AppliedChange<?> done = apply(entry, tx);
      if (done != null) {
        applied.add(done);
      }
      count++;
      hurries |= entry.lane() == Lane.FLASH && !entry.patient() && !hurried;
      boolean full = count == most || tx.bytes() > closingBytes;
      entry = full ? null : more(hurries ? Lane.FLASH : Lane.ROUTINE);
    }
    hurried = hurries;
  }

  private <T> @Nullable AppliedChange<T> apply(WaitingChange<T> entry, Transaction tx) {
    try {
      return new AppliedChange<>(entry.done(), tx.within(entry.mutation()));
    } catch (RuntimeException | StackOverflowError e) {
      // The edge of the writer thread: one caller's defect must not affect the others.
      LOG.error("a change of the ledger failed and was undone", e);
      entry.done().completeExceptionally(e);
      return null;
    } catch (Error e) {
      entry.done().completeExceptionally(unavailable(e));
      throw e;
    }
  }

  private void commit(Transaction tx, List<AppliedChange<?>> applied) {
    long start = System.nanoTime();
    try {
      Batch batch = store.batch();
      tx.changes().writeTo(batch);
      journal.append(batch, tx.leaves());
      store.commit(batch, Durability.SYNCED);
      journal.committed();
    } catch (RuntimeException | Error e) {
      // An Error too: what it left in memory is not what is stored, and nobody may write after it.
      journal.rolledBack();
      LedgerFailure why = unavailable(e);
      fail(why);
      applied.forEach(one -> one.fail(why));
      return;
    }
    observer.committed(applied.size(), tx.changes().bytes(), System.nanoTime() - start);
    tx.actions().forEach(GroupCommit::runQuietly);
    applied.forEach(AppliedChange::complete);
  }

  private static void runQuietly(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      LOG.error("an action after a commit failed", e);
    }
  }

  private static LedgerFailure unavailable(Throwable e) {
    if (e instanceof KeystoreFailure) {
      return new LedgerFailure(
          Code.NOT_READY,
          "the keystore could not be written; nothing was acknowledged; its operator must free"
              + " space on its disk, or repair it",
          e);
    }
    if (!(e instanceof StoreFailure failure)) {
      return new LedgerFailure(
          Code.NOT_READY,
          "the ledger stopped because of an internal error; its operator must restart the node",
          e);
    }
    return failure.diskFull()
        ? new LedgerFailure(
            Code.STORAGE_FULL,
            "the disk is full; nothing was acknowledged; its operator must free space",
            e)
        : new LedgerFailure(Code.NOT_READY, "the ledger could not be written", e);
  }

  private void fail(LedgerFailure why) {
    LOG.error("the ledger stops: {}", why.getMessage(), why);
    lock.lock();
    try {
      failure = why;
      for (Deque<WaitingChange<?>> queue : waiting.values()) {
        queue.forEach(entry -> entry.done().completeExceptionally(why));
        queue.clear();
      }
      waitingCount = 0;
      patientCount = 0;
    } finally {
      lock.unlock();
    }
    observer.failed(why);
  }

  /** Refuses changes from now on; a commit in progress is still answered. */
  void halt(String why) {
    fail(new LedgerFailure(Code.NOT_READY, why, null));
  }

  @SuppressWarnings("NullAway") // the constructor fills every lane
  private Deque<WaitingChange<?>> queue(Lane lane) {
    return waiting.get(lane);
  }

  /** Runs a short task after a delay, unless this is closed by then. */
  void after(Duration delay, Runnable task) {
    turns.after(delay, task);
  }

  /** Waits for a future that the writer completes; see {@link WriterExecutor#await}. */
  <T> T await(CompletableFuture<T> future) {
    return turns.await(future);
  }

  /** Refuses further changes, commits those waiting, and returns after the last turn. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      takeTurn();
      while (running) {
        idle.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    turns.close();
  }
}
