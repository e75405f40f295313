package org.entente.loadtests.isolation;

import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.traffic.CursorStream;
import org.entente.proto.v1.OpenCursor;

/**
 * A subscriber that holds a cursor open until it is closed, and either reads nothing, or reads all
 * and acknowledges nothing.
 */
final class IdleSubscriber implements AutoCloseable {
  private static final int WINDOW = 10_000;
  private static final long PATIENCE_SECONDS = 60;

  private final ManagedChannel channel;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final AtomicLong delivered = new AtomicLong();

  private IdleSubscriber(ManagedChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens its own cursor with the widest window, from the first unacknowledged position; open on
   * return.
   *
   * @param reads whether it reads without acknowledging; otherwise it does not read
   */
  static IdleSubscriber open(ManagedChannel channel, boolean reads) throws InterruptedException {
    IdleSubscriber subscriber = new IdleSubscriber(channel);
    new CursorStream(
            OpenCursor.newBuilder()
                .setCursor(reads ? "never-acknowledges" : "never-reads")
                .setWindow(WINDOW),
            // Reads only the answer that the cursor is open, or all.
            reads ? 0 : 1,
            subscriber.opened,
            (stream, delivery) -> subscriber.delivered.incrementAndGet(),
            closed -> {})
        .open(channel);
    if (!subscriber.opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      subscriber.close();
      throw new CommandFailure("the cursor of an idle subscriber is not open");
    }
    return subscriber;
  }

  /** Number of deliveries read. */
  long delivered() {
    return delivered.get();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
