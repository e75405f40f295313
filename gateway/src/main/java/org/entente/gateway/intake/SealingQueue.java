package org.entente.gateway.intake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Natural batching: whatever waits while the last batch is being sealed goes into the next, the
 * highest lane first. A lone message waits for nobody; under load the cost of a signature and a
 * commit is shared. One thread seals; the next round is sealed while the last one is being
 * committed. Bounded: a submission beyond the limit is refused at once.
 */
final class SealingQueue implements AutoCloseable {
  /** Submissions sealed in one round, so that a FLASH never waits for more than one such round. */
  static final int ROUND = 256;

  private static final Logger LOG = LoggerFactory.getLogger(SealingQueue.class);

  private final Function<List<Submission>, CompletableFuture<Void>> sealAndCommit;
  private final int most;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Map<Lane, Deque<Submission>> waiting = new EnumMap<>(Lane.class);
  private int underWay;
  private int waitingCount;
  private boolean closing;

  /**
   * A queue; {@link #start} begins to seal.
   *
   * @param sealAndCommit seals a round and hands it to the ledger; the future completes when it is
   *     durable, and its failure is that of every submission of the round
   * @param most submissions that may wait or be on their way into the ledger
   */
  SealingQueue(Function<List<Submission>, CompletableFuture<Void>> sealAndCommit, int most) {
    this.sealAndCommit = sealAndCommit;
    this.most = most;
    this.thread = new Thread(this::run, "sealer");
    for (Lane lane : Lane.all()) {
      waiting.put(lane, new ArrayDeque<>());
    }
  }

  void start() {
    thread.start();
  }

  /** Takes a submission, or says why not. */
  @Nullable Problem offer(Submission submission) {
    lock.lock();
    try {
      if (closing) {
        return new Problem(Code.NOT_READY, "", "the gateway is stopping");
      }
      if (underWay >= most) {
        return new Problem(Code.OVERLOADED, "", "more than " + most + " drafts wait; slow down");
      }
      underWay++;
      waitingCount++;
      queue(submission.lane()).add(submission);
      arrived.signal();
      return null;
    } finally {
      lock.unlock();
    }
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
    List<Submission> round = take();
    while (!round.isEmpty()) {
      process(round);
      round = take();
    }
  }

  private List<Submission> take() {
    lock.lock();
    try {
      while (waitingCount == 0 && !closing) {
        arrived.awaitUninterruptibly();
      }
      List<Submission> round = new ArrayList<>();
      for (Lane lane : Lane.all()) {
        Deque<Submission> queue = queue(lane);
        while (!queue.isEmpty() && round.size() < ROUND) {
          round.add(queue.poll());
        }
      }
      waitingCount -= round.size();
      return round;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the outcome reaches every submission's own future
  private void process(List<Submission> round) {
    CompletableFuture<Void> committed;
    try {
      committed = sealAndCommit.apply(round);
    } catch (RuntimeException e) {
      // The edge of the sealing thread: a defect in one round must not end sealing.
      LOG.error("a round of {} submissions could not be sealed", round.size(), e);
      committed = CompletableFuture.failedFuture(e);
    }
    committed.whenComplete(
        (nothing, failure) -> {
          release(round.size());
          if (failure != null) {
            round.forEach(submission -> submission.done().completeExceptionally(failure));
          }
        });
  }

  private void release(int count) {
    lock.lock();
    try {
      underWay -= count;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("NullAway") // the constructor fills every lane
  private Deque<Submission> queue(Lane lane) {
    return waiting.get(lane);
  }

  /** Takes no more, seals what waits, and returns when the thread has ended. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
