package org.entente.loadtests.isolation;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;

/**
 * A subscriber that holds a cursor open until it is closed, and either reads nothing, or reads all
 * and acknowledges nothing.
 */
final class IdleSubscriber implements AutoCloseable {
  private static final int WINDOW = 10_000;
  private static final long PATIENCE_SECONDS = 60;

  private final ManagedChannel channel;
  private final boolean reads;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final AtomicLong delivered = new AtomicLong();

  private IdleSubscriber(ManagedChannel channel, boolean reads) {
    this.channel = channel;
    this.reads = reads;
  }

  /**
   * Opens its own cursor with the widest window, from the first unacknowledged position; open on
   * return.
   *
   * @param reads whether it reads without acknowledging; otherwise it does not read
   */
  static IdleSubscriber open(ManagedChannel channel, boolean reads) throws InterruptedException {
    IdleSubscriber subscriber = new IdleSubscriber(channel, reads);
    SubscriberGrpc.newStub(channel).subscribe(subscriber.new Responses());
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

  private SubscribeRequest request() {
    return SubscribeRequest.newBuilder()
        .setOpen(
            OpenCursor.newBuilder()
                .setCursor(reads ? "never-acknowledges" : "never-reads")
                .setWindow(WINDOW))
        .build();
  }

  private final class Responses
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private boolean asked;

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
      if (!reads) {
        // Reads only the answer that the cursor is open.
        stream.disableAutoRequestWithInitial(1);
      }
      stream.setOnReadyHandler(
          () -> {
            if (!asked) {
              asked = true;
              stream.onNext(request());
            }
          });
    }

    @Override
    public void onNext(SubscribeResponse response) {
      if (response.hasOpened()) {
        opened.countDown();
      } else if (response.hasDelivery()) {
        delivered.incrementAndGet();
      }
    }

    @Override
    public void onError(Throwable failure) {
      // Closing ends it so.
    }

    @Override
    public void onCompleted() {}
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
