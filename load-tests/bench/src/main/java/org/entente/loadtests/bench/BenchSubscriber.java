package org.entente.loadtests.bench;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.traffic.CursorStream;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OpenCursor;

/**
 * The subscriber at the far end. An acknowledgement covers all earlier deliveries of its lane, so
 * it sends one for every few deliveries, like a client that keeps up.
 */
final class BenchSubscriber {
  private static final long OPEN_SECONDS = 30;
  private static final int WINDOW = 10_000;
  private static final int DELIVERIES_AN_ACKNOWLEDGEMENT = 64;

  private final Arrivals routine;
  private final Arrivals flash;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Map<Lane, Integer> unacknowledged = new EnumMap<>(Lane.class);
  private final CursorStream stream;
  private volatile boolean closing;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<Lane, Long> last = new EnumMap<>(Lane.class);

  /**
   * A subscriber that does not subscribe yet. {@code batch} is the number of deliveries per
   * response.
   */
  BenchSubscriber(Arrivals routine, Arrivals flash, int batch) {
    this.routine = routine;
    this.flash = flash;
    // The cursor's window bounds the messages in flight.
    stream =
        new CursorStream(
            OpenCursor.newBuilder().setCursor("bench").setWindow(WINDOW).setBatch(batch),
            Integer.MAX_VALUE,
            opened,
            (its, delivery) -> take(delivery),
            this::ended);
  }

  /** Opens the cursor and waits until it is open. */
  void open(ManagedChannel channel) throws InterruptedException {
    stream.open(channel);
    if (!opened.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the cursor is not open after " + OPEN_SECONDS + " s");
    }
  }

  /** Acknowledges all deliveries and ends the stream; durable on return. */
  void close() throws InterruptedException {
    synchronized (this) {
      closing = true;
      unacknowledged.forEach(
          (lane, count) -> {
            if (count > 0) {
              stream.acknowledge(last.getOrDefault(lane, 0L));
            }
          });
      stream.complete();
    }
    if (!closed.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the cursor is not closed after " + OPEN_SECONDS + " s");
    }
  }

  private synchronized void take(Delivery delivery) {
    Lane lane = delivery.getLabel().getLane();
    Arrivals arrivals = lane == Lane.LANE_FLASH ? flash : routine;
    arrivals.arrived(
        MeasuredContent.number(
            delivery.getBody().getDocument().getContent().asReadOnlyByteBuffer()));
    last.put(lane, delivery.getPosition());
    int waiting = unacknowledged.merge(lane, 1, Integer::sum);
    if (waiting >= DELIVERIES_AN_ACKNOWLEDGEMENT) {
      unacknowledged.put(lane, 0);
      stream.acknowledge(delivery.getPosition());
    }
  }

  private void ended(Throwable failure) {
    if (closing && Status.fromThrowable(failure).isOk()) {
      closed.countDown();
      return;
    }
    String what = "the subscriber's stream ended: " + failure;
    routine.failed(what);
    flash.failed(what);
  }
}
