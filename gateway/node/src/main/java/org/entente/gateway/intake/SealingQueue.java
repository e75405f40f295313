package org.entente.gateway.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.link.Timers;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queue of permitted submissions with natural batching: submissions that wait while earlier rounds
 * are committed go into the next round, highest lane first. A lone message does not wait. Under
 * load, messages share the cost of a signature and a commit. Rounds begin some milliseconds apart,
 * except for FLASH, so that frequent messages share a round; a few messages wait only for twice the
 * time that rounds take, if that is less. One task at a time seals, on the thread that brings a
 * lone message or else on the sealer. The next round is sealed while the last one is committed; a
 * FLASH is sealed in any case. Only a round of one message may be committed by the task that sealed
 * it, and then the next one waits for that. For a minute after a FLASH message, bulk pauses after
 * each round for three times the round's duration, so that the processors of this gateway and those
 * behind it have room for the next FLASH. Bounded: a submission beyond the limit is refused
 * immediately.
 */
final class SealingQueue implements AutoCloseable {
  /** Most submissions sealed in one round, so that a FLASH waits for at most one such round. */
  static final int ROUND = 256;

  /**
   * Most submissions in a round while FLASH is recent. The next FLASH waits for any bulk round that
   * is being sealed here or applied at the peer. Smaller rounds cost a sixth of the throughput (a
   * signature, a stanza and a receipt more for every few messages), so rounds are small only while
   * that helps.
   */
  static final int FLASH_ROUND = 64;

  /** How long a FLASH message counts as recent. */
  static final Duration FLASH_IS_ABOUT = Duration.ofMinutes(1);

  /**
   * Length of the pause after a bulk round while FLASH is recent, as a multiple of the time from
   * its start to its commit. Under full load, a FLASH waits for a processor at each hand-over of
   * five processes. With a threefold pause it waits a third as long, at half of bulk's throughput.
   */
  static final int REST = 3;

  /**
   * Longest pause after a bulk round while FLASH is recent, so that a disk that stalled once does
   * not delay bulk for as long again.
   */
  static final Duration LONGEST_REST = Duration.ofMillis(50);

  /** Most submissions in a round while disk space is scarce and rounds are rare. */
  static final int SCARCE_ROUND = 32;

  /**
   * Most rounds on their way into the ledger when another is sealed: one that the disk is writing
   * and one that is ready. Sealing more small rounds would put nothing on the disk sooner and cost
   * both ends a signature, a stanza and a receipt for each.
   */
  private static final int MOST_UNCOMMITTED = 2;

  /** Most submissions that begin a round sooner if rounds are quick. */
  static final int FEW = 4;

  /** The part by which a long round counts for less after each further one. */
  private static final int FADING = 8;

  private static final Logger LOG = LoggerFactory.getLogger(SealingQueue.class);

  /** The submissions sealed and committed together. */
  private record Round(List<Submission> submissions, boolean bulk, long beganAt) {}

  private final Function<List<Submission>, CompletableFuture<List<Outcome>>> sealAndCommit;
  private final int most;
  private final long mostBytes;
  private final Executor sealer;
  private final BooleanSupplier scarce;
  private final Timers timers;
  private final long apart;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final Map<Lane, Deque<Submission>> waiting = new EnumMap<>(Lane.class);

  /** Waiting submissions of rounds that failed, by half; they go into no round with others. */
  private final IdentityHashMap<Submission, Long> halves = new IdentityHashMap<>();

  /** The number of the last half, from 1; 0 stands for what is in none. */
  private long lastHalf;

  private int underWay;
  private int waitingCount;
  private int uncommitted;
  private int bulkUncommitted;
  private boolean started;
  private boolean running;
  private boolean closing;
  private boolean dozing;
  private long dozesUntil;
  private boolean began;
  private long beganAt;

  /** How long rounds take from start to commit: the longest of the latest, which fades. */
  private long took;

  private boolean flashIsAbout;
  private long flashAt;
  private boolean resting;
  private long restUntil;

  /**
   * A queue; {@link #start} begins sealing.
   *
   * @param sealAndCommit seals a round and hands it to the ledger; the future completes with an
   *     outcome for each submission when they are durable, and fails only if none is: the halves of
   *     several are then repeated, unless the machine failed
   * @param most most submissions that may wait or be on their way into the ledger
   * @param mostBytes bytes that one change of the ledger may put; a round is one change
   * @param sealer runs sealing, one round at a time, and may block before a round
   * @param scarce whether disk space is scarce, so that rounds are small
   * @param apart least time between the starts of two rounds, unless rounds are quick and few
   *     submissions wait; a full round and one with a FLASH begin immediately, except for bulk
   *     while FLASH is recent
   */
  SealingQueue(
      Function<List<Submission>, CompletableFuture<List<Outcome>>> sealAndCommit,
      int most,
      long mostBytes,
      Executor sealer,
      BooleanSupplier scarce,
      Timers timers,
      Duration apart) {
    this.sealAndCommit = sealAndCommit;
    this.most = most;
    this.mostBytes = mostBytes;
    this.sealer = sealer;
    this.scarce = scarce;
    this.timers = timers;
    this.apart = apart.toNanos();
    this.took = this.apart;
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

  /** Schedules a turn if something waits and none is scheduled. Requires the lock. */
  private void takeTurn() {
    if (!started || running) {
      return;
    }
    // Updated only here, so that a turn finds its reason: a FLASH may be added in between, but none
    // may expire.
    flashIsAbout = flashIsAbout && timers.nanos() - flashAt < FLASH_IS_ABOUT.toNanos();
    if (!mayTake()) {
      return;
    }
    long left = left();
    if (left <= 0) {
      running = true;
      sealer.execute(this::run);
    } else {
      doze(left);
    }
  }

  /** Sets a timer, unless one ends by then. Requires the lock. */
  private void doze(long left) {
    long until = timers.nanos() + left;
    if (!dozing || until - dozesUntil < 0) {
      dozing = true;
      dozesUntil = until;
      timers.after(Duration.ofNanos(left), this::wake);
    }
  }

  /** Nanoseconds until another round may begin. Requires the lock. */
  private long left() {
    if (!began || closing || !queue(Lane.FLASH).isEmpty()) {
      return 0;
    }
    long now = timers.nanos();
    long full = waitingCount >= most() ? 0 : apart() - (now - beganAt);
    return rests(now) ? Math.max(full, restUntil - now) : full;
  }

  /**
   * Least time between the starts of two rounds. A round costs both gateways about the same,
   * however few messages it has. So a few messages wait only as long again as rounds take, which
   * leaves half of the time for other work, and more of them share a round. Requires the lock.
   */
  private long apart() {
    boolean few = waitingCount <= FEW && uncommitted == 0;
    return few ? Math.min(apart, 2 * took) : apart;
  }

  /** Whether bulk pauses for FLASH after a round. Requires the lock. */
  private boolean rests(long now) {
    resting = resting && !closing && flashIsAbout && restUntil - now > 0;
    return resting;
  }

  /** Most submissions for the next round. Requires the lock. */
  private int most() {
    if (closing) {
      return ROUND;
    }
    if (scarce.getAsBoolean()) {
      return SCARCE_ROUND;
    }
    return flashIsAbout ? FLASH_ROUND : ROUND;
  }

  private void wake() {
    lock.lock();
    try {
      dozing = false;
      takeTurn();
    } finally {
      lock.unlock();
    }
  }

  private boolean mayTake() {
    return mayTakeBulk() ? waitingCount > 0 : !queue(Lane.FLASH).isEmpty();
  }

  /** Whether the way into the ledger has room for anything but FLASH. Requires the lock. */
  private boolean mayTakeBulk() {
    boolean oneAtATime = flashIsAbout && !closing;
    return oneAtATime ? bulkUncommitted == 0 : uncommitted < MOST_UNCOMMITTED;
  }

  /** Accepts a submission, or returns why not. */
  @Nullable Problem offer(Submission submission) {
    lock.lock();
    try {
      Problem problem = add(submission);
      takeTurn();
      return problem;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Accepts submissions that came together, before a round begins. If a single one finds nothing
   * under way, this thread seals it: a hand-over would only take time.
   *
   * @param refused is told of each that is not accepted, and why
   */
  void offer(List<Submission> together, BiConsumer<Submission, Problem> refused) {
    List<Runnable> refusals = new ArrayList<>();
    boolean here;
    lock.lock();
    try {
      for (Submission one : together) {
        Problem problem = add(one);
        if (problem != null) {
          refusals.add(() -> refused.accept(one, problem));
        }
      }
      here = takesTurnHere();
      if (!here) {
        takeTurn();
      }
    } finally {
      lock.unlock();
    }
    refusals.forEach(Runnable::run);
    if (here) {
      run();
    }
  }

  /** Adds a submission, or returns why not. Requires the lock. */
  private @Nullable Problem add(Submission submission) {
    if (closing) {
      return new Problem(Code.NOT_READY, "", "the gateway is stopping");
    }
    // Twice the largest message of an embedded ledger; the rest is for what its records need.
    long allowed = mostBytes / 10 * 9;
    if (submission.writtenBytes() > allowed) {
      return new Problem(
          Code.TOO_LARGE,
          "body",
          "%d bytes under %d agreements; at most %d together: send to fewer recipients at once"
              .formatted(submission.writtenBytes(), submission.parts().size(), allowed));
    }
    int share = submission.lane().share(most);
    if (underWay >= share) {
      return new Problem(Code.OVERLOADED, "", "more than " + share + " drafts wait; slow down");
    }
    underWay++;
    waitingCount++;
    if (submission.lane() == Lane.FLASH) {
      flashIsAbout = true;
      flashAt = timers.nanos();
    }
    queue(submission.lane()).add(submission);
    return null;
  }

  /** Whether a lone submission begins its turn on this thread. Requires the lock. */
  private boolean takesTurnHere() {
    boolean lone = waitingCount == 1 && underWay == 1;
    if (!lone || !started || running || scarce.getAsBoolean() || left() > 0) {
      return false;
    }
    running = true;
    return true;
  }

  /** Submissions that wait or are on their way into the ledger. */
  int waiting() {
    lock.lock();
    try {
      return underWay;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    process(take());
    lock.lock();
    try {
      running = false;
      takeTurn();
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the waiting submissions, highest lane first; a turn runs only if there are some. */
  private Round take() {
    lock.lock();
    try {
      List<Submission> round = new ArrayList<>();
      long now = timers.nanos();
      int most = most();
      long left = mostBytes / 5 * 2;
      long half = 0;
      List<Lane> lanes = mayTakeBulk() && !rests(now) ? Lane.all() : List.of(Lane.FLASH);
      for (Lane lane : lanes) {
        Deque<Submission> queue = queue(lane);
        while (!queue.isEmpty() && round.size() < most) {
          Submission next = queue.element();
          long itsHalf = halves.getOrDefault(next, 0L);
          left -= next.writtenBytes();
          if (!round.isEmpty() && (left < 0 || itsHalf != half)) {
            most = round.size();
          } else {
            half = itsHalf;
            round.add(queue.remove());
          }
        }
      }
      round.forEach(halves::remove);
      boolean bulk = round.get(round.size() - 1).lane() != Lane.FLASH;
      uncommitted++;
      bulkUncommitted += bulk ? 1 : 0;
      waitingCount -= round.size();
      began = true;
      beganAt = now;
      return new Round(round, bulk, now);
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings(
      "FutureReturnValueIgnored") // the outcome completes every submission's own future
  private void process(Round round) {
    CompletableFuture<List<Outcome>> committed;
    try {
      committed = sealAndCommit.apply(round.submissions());
    } catch (RuntimeException | StackOverflowError e) {
      // A defect in one round must not end sealing.
      LOG.error("a round of {} submissions could not be sealed", round.submissions().size(), e);
      committed = CompletableFuture.failedFuture(e);
    }
    committed.whenComplete(
        (outcomes, failure) -> {
          if (failure != null && repeatsHalves(round, failure)) {
            return;
          }
          // First, so that a client that has its outcome has its place in the queue back.
          release(round, round.submissions().size());
          List<Submission> submissions = round.submissions();
          for (int i = 0; i < submissions.size(); i++) {
            if (failure == null) {
              submissions.get(i).done().complete(outcomes.get(i));
            } else {
              submissions.get(i).done().completeExceptionally(failure);
            }
          }
        });
  }

  /**
   * Puts the submissions of a failed round back, each half for a round of its own, and so on, so
   * that only those fail that are the cause, and what was merely too much takes two rounds; returns
   * false if all of them fail.
   */
  private boolean repeatsHalves(Round round, Throwable failure) {
    List<Submission> submissions = round.submissions();
    if (submissions.size() == 1 || ProcessingFailure.isOfTheMachine(failure)) {
      return false;
    }
    lock.lock();
    try {
      if (closing) {
        return false;
      }
      for (int i = submissions.size() - 1; i >= 0; i--) {
        Submission one = submissions.get(i);
        queue(one.lane()).addFirst(one);
        halves.put(one, lastHalf + (i < submissions.size() / 2 ? 1 : 2));
      }
      lastHalf += 2;
      waitingCount += submissions.size();
      LOG.error(
          "a round of {} submissions failed; its halves are repeated", submissions.size(), failure);
      release(round, 0);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void release(Round round, int ended) {
    lock.lock();
    try {
      underWay -= ended;
      uncommitted--;
      took = Math.max(timers.nanos() - round.beganAt(), took - took / FADING);
      if (round.bulk()) {
        bulkUncommitted--;
        rest(round);
      }
      takeTurn();
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Begins a pause after a bulk round if FLASH is recent. Requires the lock. */
  private void rest(Round round) {
    if (flashIsAbout) {
      long now = timers.nanos();
      resting = true;
      restUntil = now + Math.min(REST * (now - round.beganAt()), LONGEST_REST.toNanos());
    }
  }

  @SuppressWarnings("NullAway") // the constructor fills every lane
  private Deque<Submission> queue(Lane lane) {
    return waiting.get(lane);
  }

  /**
   * Accepts nothing more, seals what waits, and returns when the last round was handed to the
   * ledger.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      takeTurn();
      while (running || (started && waitingCount > 0)) {
        idle.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
