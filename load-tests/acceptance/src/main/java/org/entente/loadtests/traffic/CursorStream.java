package org.entente.loadtests.traffic;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a subscriber, which opens its cursor as soon as the stream is ready. Its methods
 * that send may be called by one thread at a time.
 */
public final class CursorStream
    implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
  private final OpenCursor cursor;
  private final int initial;
  private final CountDownLatch opened;
  private final BiConsumer<CursorStream, Delivery> reader;
  private final Consumer<Throwable> ended;
  private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
  private boolean asked;

  /**
   * A stream that is not open yet, and reads each response when the one before is read.
   *
   * @param opened counted down when the gateway has opened the cursor
   * @param reader receives each delivery
   * @param ended receives the reason for which the gateway ended the stream
   */
  public CursorStream(
      OpenCursor.Builder cursor,
      CountDownLatch opened,
      BiConsumer<CursorStream, Delivery> reader,
      Consumer<Throwable> ended) {
    this(cursor, 0, opened, reader, ended);
  }

  /**
   * The same stream that reads a fixed number of responses.
   *
   * @param initial the number; 0 for no limit, with each response read after the one before
   */
  public CursorStream(
      OpenCursor.Builder cursor,
      int initial,
      CountDownLatch opened,
      BiConsumer<CursorStream, Delivery> reader,
      Consumer<Throwable> ended) {
    this.cursor = cursor.build();
    this.initial = initial;
    this.opened = opened;
    this.reader = reader;
    this.ended = ended;
  }

  /** Opens the stream. */
  public void open(ManagedChannel channel) {
    SubscriberGrpc.newStub(channel).subscribe(this);
  }

  /** Acknowledges the deliveries of a lane up to this position. */
  public void acknowledge(long position) {
    if (requests != null) {
      requests.onNext(
          SubscribeRequest.newBuilder()
              .setAck(Acknowledge.newBuilder().setPosition(position))
              .build());
    }
  }

  /** Ends the stream; the gateway answers by its end. */
  public void complete() {
    if (requests != null) {
      requests.onCompleted();
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
    requests = stream;
    if (initial > 0) {
      stream.disableAutoRequestWithInitial(initial);
    }
    stream.setOnReadyHandler(
        () -> {
          if (!asked) {
            asked = true;
            stream.onNext(SubscribeRequest.newBuilder().setOpen(cursor).build());
          }
        });
  }

  @Override
  public void onNext(SubscribeResponse response) {
    if (response.hasOpened()) {
      opened.countDown();
    }
    if (response.hasDelivery()) {
      reader.accept(this, response.getDelivery());
    }
    response.getDeliveries().getDeliveriesList().forEach(it -> reader.accept(this, it));
  }

  @Override
  public void onError(Throwable failure) {
    ended.accept(failure);
  }

  @Override
  public void onCompleted() {
    ended.accept(Status.OK.withDescription("the gateway ended the stream").asRuntimeException());
  }
}
