package org.entente.loadtests.bench;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The subscriber at the far end. An acknowledgement covers all earlier deliveries of its lane, so
 * it sends one for every few deliveries, like a client that keeps up.
 */
final class BenchSubscriber implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
  private static final long OPEN_SECONDS = 30;
  private static final int WINDOW = 10_000;
  private static final int DELIVERIES_AN_ACKNOWLEDGEMENT = 64;

  private final Arrivals routine;
  private final Arrivals flash;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Map<Lane, Integer> unacknowledged = new EnumMap<>(Lane.class);
  private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
  private boolean asked;
  private final int batch;
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
    this.batch = batch;
  }

  /** Opens the cursor and waits until it is open. */
  void open(ManagedChannel channel) throws InterruptedException {
    SubscriberGrpc.newStub(channel).subscribe(this);
    if (!opened.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the cursor is not open after " + OPEN_SECONDS + " s");
    }
  }

  /** Acknowledges all deliveries and ends the stream; durable on return. */
  void close() throws InterruptedException {
    ClientCallStreamObserver<SubscribeRequest> stream = requests;
    if (stream == null) {
      return;
    }
    synchronized (this) {
      closing = true;
      unacknowledged.forEach(
          (lane, count) -> {
            if (count > 0) {
              acknowledge(stream, last.getOrDefault(lane, 0L));
            }
          });
      stream.onCompleted();
    }
    if (!closed.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the cursor is not closed after " + OPEN_SECONDS + " s");
    }
  }

  private static void acknowledge(
      ClientCallStreamObserver<SubscribeRequest> stream, long position) {
    stream.onNext(
        SubscribeRequest.newBuilder()
            .setAck(Acknowledge.newBuilder().setPosition(position))
            .build());
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
    requests = stream;
    // The cursor's window bounds the messages in flight.
    stream.disableAutoRequestWithInitial(Integer.MAX_VALUE);
    stream.setOnReadyHandler(
        () -> {
          if (!asked) {
            asked = true;
            stream.onNext(
                SubscribeRequest.newBuilder()
                    .setOpen(
                        OpenCursor.newBuilder()
                            .setCursor("bench")
                            .setWindow(WINDOW)
                            .setBatch(batch))
                    .build());
          }
        });
  }

  @Override
  public void onNext(SubscribeResponse response) {
    if (response.hasOpened()) {
      opened.countDown();
    }
    if (response.hasDelivery()) {
      take(response.getDelivery());
    }
    response.getDeliveries().getDeliveriesList().forEach(this::take);
  }

  private synchronized void take(Delivery delivery) {
    Lane lane = delivery.getLabel().getLane();
    Arrivals arrivals = lane == Lane.LANE_FLASH ? flash : routine;
    arrivals.arrived(
        MeasuredContent.number(
            delivery.getBody().getDocument().getContent().asReadOnlyByteBuffer()));
    last.put(lane, delivery.getPosition());
    int waiting = unacknowledged.merge(lane, 1, Integer::sum);
    ClientCallStreamObserver<SubscribeRequest> stream = requests;
    if (waiting >= DELIVERIES_AN_ACKNOWLEDGEMENT && stream != null) {
      unacknowledged.put(lane, 0);
      acknowledge(stream, delivery.getPosition());
    }
  }

  @Override
  public void onError(Throwable failure) {
    String what = "the subscriber's stream ended: " + failure;
    routine.failed(what);
    flash.failed(what);
  }

  @Override
  public void onCompleted() {
    if (closing) {
      closed.countDown();
    } else {
      onError(new CommandFailure("the gateway ended it"));
    }
  }
}
