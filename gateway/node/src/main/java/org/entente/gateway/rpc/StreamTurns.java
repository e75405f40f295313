package org.entente.gateway.rpc;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs the turns of one stream, one at a time, on the threads for client calls. Others go between
 * two turns. However often it is woken, one task at most waits. Safe for many threads.
 */
public final class StreamTurns {
  private final ServiceContext context;
  private final Supplier<Optional<Duration>> turn;
  private final Consumer<RuntimeException> failed;
  private final AtomicInteger wanted = new AtomicInteger();

  /**
   * The turns of a stream.
   *
   * @param turn sends some, and returns the pause before the next turn; empty if there is nothing
   *     more to do until it is woken
   * @param failed told of a failure of a turn; ends the stream
   */
  public StreamTurns(
      ServiceContext context,
      Supplier<Optional<Duration>> turn,
      Consumer<RuntimeException> failed) {
    this.context = context;
    this.turn = turn;
    this.failed = failed;
  }

  /** Causes a turn that begins after this call; returns quickly. */
  public void wake() {
    if (wanted.getAndIncrement() == 0) {
      context.run(Duration.ZERO, this::run);
    }
  }

  private void run() {
    int seen = wanted.get();
    Optional<Duration> next = Optional.empty();
    try {
      next = turn.get();
    } catch (RuntimeException e) {
      failed.accept(e);
    } catch (StackOverflowError e) {
      failed.accept(new IllegalStateException("a message is nested too deeply", e));
    }
    if (next.isPresent()) {
      context.run(next.get(), this::run);
    } else if (wanted.addAndGet(-seen) != 0) {
      context.run(Duration.ZERO, this::run);
    }
  }
}
