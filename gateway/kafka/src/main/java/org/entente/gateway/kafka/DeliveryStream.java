package org.entente.gateway.kafka;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The stream of an exclusive subscription, read by one thread. At most {@value #AHEAD} responses of
 * one MiB, or of one larger message, are in memory.
 */
final class DeliveryStream implements AutoCloseable {
  /** Most deliveries in a response. */
  static final int BATCH = 256;

  private static final int AHEAD = 4;
  private static final Duration LAST_ANSWER = Duration.ofSeconds(3);

  /** What the gateway sent: deliveries, or the end. */
  private record Arrival(List<Delivery> deliveries, boolean end, @Nullable Throwable failure) {}

  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
  private boolean ended;

  private DeliveryStream() {}

  /** Opens the subscription at its position. */
  static DeliveryStream open(Channel channel, String subscription) {
    DeliveryStream stream = new DeliveryStream();
    SubscriberGrpc.newStub(channel).subscribe(stream.new Observer());
    stream
        .requests()
        .onNext(
            SubscribeRequest.newBuilder()
                .setOpen(
                    OpenCursor.newBuilder()
                        .setCursor(subscription)
                        .setBatch(BATCH)
                        .setWindow(WrittenMessages.WINDOW))
                .build());
    return stream;
  }

  private ClientCallStreamObserver<SubscribeRequest> requests() {
    return Objects.requireNonNull(requests, "the call has not begun");
  }

  /** Whether the gateway has ended the stream. */
  boolean isEnded() {
    return ended;
  }

  /**
   * The next deliveries, less than two batches; none if none came in time, or the stream has ended.
   *
   * @throws StatusRuntimeException if the stream failed
   */
  List<Delivery> take(Duration wait) throws InterruptedException {
    List<Delivery> taken = new ArrayList<>();
    Arrival next = arrivals.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    while (next != null) {
      accept(next, taken);
      next = taken.size() < BATCH && !ended ? arrivals.poll() : null;
    }
    return taken;
  }

  private void accept(Arrival arrival, List<Delivery> taken) {
    Throwable failure = arrival.failure();
    if (failure != null) {
      throw failure instanceof StatusRuntimeException status
          ? status
          : Status.fromThrowable(failure).asRuntimeException();
    }
    ended = arrival.end();
    taken.addAll(arrival.deliveries());
    requests().request(1);
  }

  /** Acknowledges deliveries that were taken, each lane up to its last one. */
  void acknowledge(List<Delivery> written) {
    Map<Lane, Long> last = new EnumMap<>(Lane.class);
    written.forEach(one -> last.put(one.getLabel().getLane(), one.getPosition()));
    last.values()
        .forEach(
            position ->
                requests()
                    .onNext(
                        SubscribeRequest.newBuilder()
                            .setAck(Acknowledge.newBuilder().setPosition(position))
                            .build()));
  }

  /** Ends the stream and waits for a short time until its acknowledgements are durable. */
  void finish() throws InterruptedException {
    requests().onCompleted();
    long until = System.nanoTime() + LAST_ANSWER.toNanos();
    while (!ended && System.nanoTime() < until) {
      var unused = take(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
    }
  }

  /** Drops the stream; what is not acknowledged comes again. */
  @Override
  public void close() {
    requests().cancel("closed", null);
  }

  private final class Observer
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
      requests = stream;
      stream.disableAutoRequestWithInitial(AHEAD);
    }

    @Override
    public void onNext(SubscribeResponse response) {
      List<Delivery> some =
          response.hasDelivery()
              ? List.of(response.getDelivery())
              : response.getDeliveries().getDeliveriesList();
      arrivals.add(new Arrival(some, false, null));
    }

    @Override
    public void onError(Throwable failure) {
      arrivals.add(new Arrival(List.of(), true, failure));
    }

    @Override
    public void onCompleted() {
      arrivals.add(new Arrival(List.of(), true, null));
    }
  }
}
