package org.entente.gateway.rpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;

/** What a stream answers, to be waited for. */
public final class StreamAnswers<T> implements StreamObserver<T> {
  public static final int PATIENCE_SECONDS = 60;

  private final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Throwable> end = new CompletableFuture<>();

  @Override
  public void onNext(T message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable t) {
    end.complete(t);
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK.asRuntimeException());
  }

  /** The next message. */
  public T next() throws InterruptedException {
    T message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      return Assertions.fail("no answer; the end was " + end.getNow(null));
    }
    return message;
  }

  /** How the stream ended. */
  public Throwable end() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The status with which it ended. */
  public Status.Code code() throws Exception {
    return Status.fromThrowable(end()).getCode();
  }

  /** Goes on once something that happens just after an answer has happened. */
  public static void until(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        Assertions.fail("did not come about");
      }
      // A thread that spins takes a core of a small machine from the server.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  boolean hasNext() {
    return !messages.isEmpty();
  }

  /** Whether it has ended by now. */
  public boolean hasEnded() {
    return end.isDone();
  }
}
