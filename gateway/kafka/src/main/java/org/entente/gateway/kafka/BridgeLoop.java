package org.entente.gateway.kafka;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.link.Backoff;

/**
 * Runs a session with a broker again when the broker is lost, until the session ends or a person
 * must act. Reports each loss once. The first session must reach the broker. Stops in order at
 * SIGINT and SIGTERM: what was begun is finished. Used by one thread.
 */
final class BridgeLoop {
  private static final Backoff.Bounds PAUSES =
      new Backoff.Bounds(Duration.ofMillis(250), Duration.ofSeconds(15));

  private static final Duration LAST_STEP = Duration.ofSeconds(10);

  private final Backoff backoff = new Backoff(PAUSES, new SecureRandom());
  private final Consumer<String> report;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopped;
  private boolean begun;

  /** One session with a broker. */
  interface Session {
    void run() throws InterruptedException;
  }

  /**
   * A loop of this thread.
   *
   * @param report receives what people must know
   */
  BridgeLoop(Consumer<String> report) {
    this.report = report;
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
  }

  /** Whether the program is to end. */
  boolean isStopped() {
    return stopped;
  }

  /** Notes that broker and gateway have answered: from now on, their loss is not final. */
  void hasBegun() {
    begun = true;
  }

  /** Notes that a transaction succeeded: the next pause is short again. */
  void hasProgressed() {
    backoff.reset();
  }

  /**
   * Runs sessions.
   *
   * @throws CommandFailure if no further session can succeed
   */
  void run(Session session) {
    try {
      while (!stopped) {
        try {
          session.run();
          return;
        } catch (KafkaException e) {
          pause(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  /** Notes that nothing is left to do, not even to print: the process may end. */
  void end() {
    ended.countDown();
  }

  private void pause(KafkaException lost) throws InterruptedException {
    CommandFailure explained = KafkaFailures.explain(lost);
    if (!begun || KafkaFailures.isFinal(lost)) {
      throw explained;
    }
    report(explained.getMessage() + "; retrying");
    pause();
  }

  /** Reports what people must know. */
  void report(String line) {
    report.accept(line);
  }

  /** Waits until another attempt is worth it. */
  void pause() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(backoff.next().toNanos());
  }

  private void stop() {
    stopped = true;
    try {
      var unused = ended.await(LAST_STEP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // The process ends in any case; what was not acknowledged comes again.
      Thread.currentThread().interrupt();
    }
  }
}
