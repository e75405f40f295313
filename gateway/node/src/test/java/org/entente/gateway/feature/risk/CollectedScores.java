package org.entente.gateway.feature.risk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.entente.proto.v1.FollowScoresResponse;
import org.entente.proto.v1.ScoredMessage;

/** A client that follows scores and reads when it wants to. */
final class CollectedScores implements ScoreFollower.ScoreSink {
  private static final long PATIENCE_SECONDS = 60;

  private final List<Long> numbers = new ArrayList<>();
  private final Executor streams;
  private boolean reads = true;
  private int paid;
  private Runnable afterPage = () -> {};

  CollectedScores(Executor streams) {
    this.streams = streams;
  }

  @Override
  public synchronized void schedule(Runnable turn, boolean pays) {
    paid += pays ? 1 : 0;
    streams.execute(turn);
  }

  /** Pages that it paid for. */
  synchronized int paid() {
    return paid;
  }

  @Override
  public synchronized boolean ready() {
    return reads;
  }

  @Override
  public synchronized void send(FollowScoresResponse response) {
    for (ScoredMessage one : response.getScoresList()) {
      numbers.add(one.getScore().getNumber());
    }
    notifyAll();
    if (response.getScoresCount() > 0) {
      afterPage.run();
    }
  }

  /** Runs a task after each page, before the follower does anything else. */
  synchronized void afterPage(Runnable task) {
    afterPage = task;
  }

  @Override
  public void failed(RuntimeException failure) {
    throw new AssertionError(failure);
  }

  /** Takes nothing more. */
  synchronized void stop() {
    reads = false;
  }

  /** Takes something again. */
  synchronized void goOn() {
    reads = true;
  }

  /** What came until now. */
  synchronized List<Long> numbers() {
    return List.copyOf(numbers);
  }

  /** What has come when there are so many. */
  synchronized List<Long> await(int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (numbers.size() < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("only " + numbers);
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return List.copyOf(numbers);
  }
}
