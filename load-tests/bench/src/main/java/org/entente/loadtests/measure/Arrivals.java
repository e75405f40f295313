package org.entente.loadtests.measure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What came out at the far end, by number, and the first thing that went wrong. Safe for many
 * threads.
 */
public final class Arrivals {
  private static final long PATIENCE_SECONDS = 60;

  private final AtomicLong next = new AtomicLong();
  private final AtomicLong count = new AtomicLong();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private volatile LongConsumer listener = number -> {};

  /** Nothing has arrived. */
  public Arrivals() {}

  /** A message came out at the end. */
  public void arrived(long number) {
    count.incrementAndGet();
    listener.accept(number);
  }

  /** The way is broken; what is being measured ends with this. */
  public void failed(String what) {
    problem.compareAndSet(null, what);
  }

  /** Numbers that no other measurement of this way uses; the first of them. */
  public long reserve(long numbers) {
    return next.getAndAdd(numbers);
  }

  /** How many have arrived so far. */
  public long count() {
    return count.get();
  }

  /**
   * Waits until so many have arrived, all in all.
   *
   * @throws MeasurementFailure if they have not within a minute, or the way is broken
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

  /** Who is told of every arrival from now on, instead of whoever was before. */
  void listen(LongConsumer toldNumber) {
    listener = toldNumber;
  }

  /**
   * Looks whether all is well.
   *
   * @throws MeasurementFailure if not
   */
  public void check() {
    String wrong = problem.get();
    if (wrong != null) {
      throw new MeasurementFailure(wrong);
    }
  }
}
