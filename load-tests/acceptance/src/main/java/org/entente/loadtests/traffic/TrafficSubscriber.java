package org.entente.loadtests.traffic;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.OpenCursor;

/**
 * One subscriber of an agency. Holds a durable cursor, acknowledges deliveries, drops repeats by
 * message id, and subscribes again when its gateway goes away. Thread-safe.
 */
public final class TrafficSubscriber {
  private final String agency;
  private final boolean exercise;
  private final List<Kind> kinds;
  private final ManagedChannel channel;
  private final ScheduledExecutorService timer;
  private final Tally tally;
  private final Watcher watcher;
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean closed;

  /**
   * A subscriber of alerts and intelligence that does not subscribe yet.
   *
   * @param exercise exercise traffic instead of actual traffic
   * @param timer makes the retries; the caller shuts it down
   */
  public TrafficSubscriber(
      String agency,
      boolean exercise,
      ManagedChannel channel,
      ScheduledExecutorService timer,
      Tally tally,
      Watcher watcher) {
    this(
        agency,
        exercise,
        List.of(Kind.KIND_ALERT, Kind.KIND_INTELLIGENCE),
        channel,
        timer,
        tally,
        watcher);
  }

  /**
   * A subscriber that does not subscribe yet.
   *
   * @param exercise exercise traffic instead of actual traffic
   * @param kinds kinds of message; empty for all that the client may see
   * @param timer makes the retries; the caller shuts it down
   */
  public TrafficSubscriber(
      String agency,
      boolean exercise,
      List<Kind> kinds,
      ManagedChannel channel,
      ScheduledExecutorService timer,
      Tally tally,
      Watcher watcher) {
    this.agency = agency;
    this.exercise = exercise;
    this.kinds = List.copyOf(kinds);
    this.channel = channel;
    this.timer = timer;
    this.tally = tally;
    this.watcher = watcher;
  }

  /** Subscribes. */
  public void begin() {
    if (!closed) {
      new CursorStream(
              cursor(),
              opened,
              this::received,
              failure -> again(String.valueOf(Status.fromThrowable(failure).getCode())))
          .open(channel);
    }
  }

  /** Whether the gateway opened the cursor within the time. */
  public boolean awaitOpened(long seconds) throws InterruptedException {
    return opened.await(seconds, TimeUnit.SECONDS);
  }

  /** Does not subscribe again. */
  public void close() {
    closed = true;
  }

  private void again(String why) {
    if (closed || timer.isShutdown()) {
      return;
    }
    watcher.retrying(agency, "subscriber: " + why);
    new Retries(timer)
        .later(
            () -> {
              channel.resetConnectBackoff();
              begin();
            });
  }

  private OpenCursor.Builder cursor() {
    return OpenCursor.newBuilder()
        .setCursor(exercise ? "watch-exercise" : "watch")
        .setFilter(Filter.newBuilder().addAllKinds(kinds).setExercise(exercise));
  }

  private void received(CursorStream stream, Delivery delivery) {
    boolean again = tally.received(agency, delivery, exercise);
    watcher.received(agency, delivery, again);
    stream.acknowledge(delivery.getPosition());
  }
}
