package org.entente.loadtests.scenario.action;

import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Repeats a call until it gives the expected answer or the patience is over. */
public final class AnswerPoller {
  private static final long BETWEEN_MILLIS = 50;

  private AnswerPoller() {}

  /** The call. */
  public interface Call<T> {
    T make() throws InterruptedException;
  }

  /** The first answer that fits, or the last one. */
  public static <T> T until(Predicate<T> fits, Call<T> call) throws InterruptedException {
    long deadline = System.nanoTime() + ScenarioFederation.PATIENCE.toNanos();
    T answer = call.make();
    while (!fits.test(answer) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
      answer = call.make();
    }
    return answer;
  }
}
