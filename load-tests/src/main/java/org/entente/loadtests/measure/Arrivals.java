package org.entente.loadtests.measure;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What came out at the far end, by number, and the first thing that went wrong. Safe for many
 * threads.
 */
public final class Arrivals {
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
  long reserve(long numbers) {
    return next.getAndAdd(numbers);
  }

  /** How many have arrived so far. */
  long count() {
    return count.get();
  }

  /** Who is told of every arrival from now on, instead of whoever was before. */
  void listen(LongConsumer toldNumber) {
    listener = toldNumber;
  }

  /**
   * Looks whether all is well.
   *
   * @throws MeasurementFailed if not
   */
  public void check() {
    String wrong = problem.get();
    if (wrong != null) {
      throw new MeasurementFailed(wrong);
    }
  }
}
