package org.entente.gateway.ledger.record;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts this gateway's failures to process single messages since it started. One failure may be
 * transient; a message that fails {@link #TRIES} times is quarantined. Remembers the latest {@link
 * #REMEMBERED}; causing more failures only leads to more attempts. Safe for many threads.
 *
 * @param <K> the key of a message
 */
public final class ProcessingFailures<K> {
  /** Failures after which a message is quarantined. */
  public static final int TRIES = 3;

  /** Messages counted at a time. */
  static final int REMEMBERED = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(ProcessingFailures.class);
  private static final int FRAMES = 12;

  private record Count(int times, ProcessingFailure latest) {}

  private final String step;
  private final Map<K, Count> counts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Count> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Counts failures of one step.
   *
   * @param step the name of the step in log lines
   */
  public ProcessingFailures(String step) {
    this.step = step;
  }

  /** Logs a failure, and counts it unless the machine failed. */
  public ProcessingFailure happened(K message, Throwable failure) {
    ProcessingFailure mishap = ProcessingFailure.of(failure);
    if (ProcessingFailure.isOfTheMachine(failure)) {
      LOG.error("{} failed because of the machine: {}", step, mishap.what(), failure);
    } else {
      int times = add(message, mishap);
      LOG.error("{} failed ({} of {}): {}{}", step, times, TRIES, mishap.what(), trace(failure));
    }
    return mishap;
  }

  private synchronized int add(K message, ProcessingFailure mishap) {
    Count before = counts.get(message);
    Count now = new Count(before == null ? 1 : before.times() + 1, mishap);
    counts.put(message, now);
    return now.times();
  }

  /** The latest failure of a message that has failed {@link #TRIES} times; empty for any other. */
  public synchronized Optional<ProcessingFailure> over(K message) {
    Count count = counts.get(message);
    return count == null || count.times() < TRIES ? Optional.empty() : Optional.of(count.latest());
  }

  /** Forgets a message that has been settled. */
  public synchronized void forget(K message) {
    counts.remove(message);
  }

  /** The stack trace without exception texts, which may quote a message. */
  private static String trace(Throwable failure) {
    StringBuilder out = new StringBuilder();
    StackTraceElement[] frames = failure.getStackTrace();
    for (int i = 0; i < frames.length && i < FRAMES; i++) {
      out.append(System.lineSeparator()).append("  at ").append(frames[i]);
    }
    return out.toString();
  }
}
