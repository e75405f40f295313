package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Repeats a question to a gateway until the answer is the wanted one. */
public final class Patience {
  private static final Duration MOST = Duration.ofMinutes(2);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Patience() {}

  /** The first answer that is wanted. */
  public static <T> T until(Supplier<T> question, Predicate<? super T> wanted) {
    long end = System.nanoTime() + MOST.toNanos();
    T answer = question.get();
    while (!wanted.test(answer)) {
      assertTrue(System.nanoTime() < end, "still " + answer);
      pause();
      answer = question.get();
    }
    return answer;
  }

  /** Between two questions: a thread that spins takes a core of a small machine from gateways. */
  public static void pause() {
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  /** The first answer that has this text. */
  public static String untilSaid(Supplier<String> question, String wanted) {
    return until(question, answer -> answer.contains(wanted));
  }
}
