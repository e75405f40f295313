package org.entente.loadtests.measure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Arrivals at the far end, by number, and the first failure. Thread-safe. */
public final class Arrivals {
  private static final long PATIENCE_SECONDS = 60;

  private final AtomicLong next = new AtomicLong();
  private final AtomicLong count = new AtomicLong();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private volatile LongConsumer listener = number -> {};

  /** No arrivals. */
  public Arrivals() {}

  /** Notes an arrival at the end. */
  public void arrived(long number) {
    count.incrementAndGet();
    listener.accept(number);
  }

  /** The way is broken; what is being measured ends with this. */
  public void failed(String what) {
    problem.compareAndSet(null, what);
  }

  /** Reserves numbers that no other measurement uses; returns the first. */
  public long reserve(long numbers) {
    return next.getAndAdd(numbers);
  }

  /** Number of arrivals so far. */
  public long count() {
    return count.get();
  }

  /**
   * Waits until this total has arrived.
   *
   * @throws MeasurementFailure if it has not within a minute, or a failure occurred
   */
  public void await(long messages) throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(1);
    listen(
        number -> {
          if (count() >= messages) {
            enough.countDown();
          }
        });
    if (count() < messages && !enough.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new MeasurementFailure(
          count() + " of " + messages + " messages arrived in " + PATIENCE_SECONDS + " s");
    }
    check();
  }

  /** Sets the listener of every later arrival; replaces the previous one. */
  void listen(LongConsumer toldNumber) {
    listener = toldNumber;
  }

  /**
   * Checks for failures.
   *
   * @throws MeasurementFailure if there was one
   */
  public void check() {
    String wrong = problem.get();
    if (wrong != null) {
      throw new MeasurementFailure(wrong);
    }
  }
}
