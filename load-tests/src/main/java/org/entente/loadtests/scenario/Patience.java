package org.entente.loadtests.scenario;

import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asks again until the answer is the one that is waited for, or patience is over. */
final class Patience {
  private static final long BETWEEN_MILLIS = 50;

  private Patience() {}

  /** The first answer that fits, or the last one. */
  static <T> T until(Predicate<T> fits, Supplier<T> ask) throws InterruptedException {
    long deadline = System.nanoTime() + Stage.PATIENCE.toNanos();
    T answer = ask.get();
    while (!fits.test(answer) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
      answer = ask.get();
    }
    return answer;
  }
}
