package org.entente.gateway.cli.call;

import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.link.Backoff;
import org.entente.gateway.model.Code;

/**
 * Repeats a call that a gateway refuses only because this client asks too much of it at the moment.
 * A list of many pages costs more than a client may spend at once. Pauses double from the shortest
 * to the longest of {@link ResumedStream#PAUSES}; after {@value #MOST} refusals in a row the last
 * one stands. Used by one thread.
 */
public final class OverloadRetry {
  /** Most refusals of one call, which take about ten minutes. */
  static final int MOST = 50;

  private final Backoff backoff;
  private final Pause pause;

  /** Waits. */
  interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  /** A retry that waits by the machine's clock. */
  public OverloadRetry() {
    this(
        new Backoff(ResumedStream.PAUSES, new SecureRandom()),
        time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
  }

  OverloadRetry(Backoff backoff, Pause pause) {
    this.backoff = backoff;
    this.pause = pause;
  }

  /**
   * The answer to a call.
   *
   * @throws StatusRuntimeException if it is refused for another reason, or too often
   */
  public <T> T call(Supplier<T> call) {
    int refused = 0;
    while (true) {
      try {
        T answer = call.get();
        backoff.reset();
        return answer;
      } catch (StatusRuntimeException e) {
        refused++;
        if (refused == MOST || !isOverload(e)) {
          throw e;
        }
        sleep();
      }
    }
  }

  private static boolean isOverload(StatusRuntimeException refusal) {
    return RpcFailures.info(refusal)
        .map(ErrorInfo::getReason)
        .filter(Code.OVERLOADED.name()::equals)
        .isPresent();
  }

  private void sleep() {
    try {
      pause.sleep(backoff.next());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }
}
