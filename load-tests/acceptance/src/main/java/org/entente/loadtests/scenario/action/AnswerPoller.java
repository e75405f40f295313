package org.entente.loadtests.scenario.action;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Repeats a call until it gives the expected answer or the patience is over. */
public final class AnswerPoller {
  private static final long BETWEEN_MILLIS = 50;

  private AnswerPoller() {}

  /**
   * Repeats a call until its answer has the expected words or the patience is over; notes both as a
   * finding.
   *
   * @param error the expected error code instead of the words; null if an answer is expected
   */
  public static <T> void await(
      StepFindings findings,
      @Nullable String error,
      String words,
      Supplier<T> call,
      Function<? super T, String> said)
      throws InterruptedException {
    String expected = CallResult.expected(error, words);
    findings.same(expected, until(expected::equals, () -> CallResult.to(call).words(said)));
  }

  /** The first answer that fits, or the last one. */
  public static <T> T until(Predicate<T> fits, Supplier<T> ask) throws InterruptedException {
    long deadline = System.nanoTime() + ScenarioFederation.PATIENCE.toNanos();
    T answer = ask.get();
    while (!fits.test(answer) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
      answer = ask.get();
    }
    return answer;
  }
}
