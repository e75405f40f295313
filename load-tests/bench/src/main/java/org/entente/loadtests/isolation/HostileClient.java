package org.entente.loadtests.isolation;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;

/**
 * A hostile client with valid credentials. Until it is closed, it repeatedly opens cursors and
 * resets them before the answer, and publishes invalid drafts just under and over the size limit, a
 * few at a time. It reconnects when its connection is closed.
 */
final class HostileClient implements AutoCloseable {
  private static final int AT_A_TIME = 4;
  private static final int PAUSE_MILLIS = 10;
  private static final int RESETS_TO_A_DRAFT = 8;

  /** Under the limit of a message, 1 MiB, and over it. */
  private static final int[] LENGTHS = {900_000, 1_500_000};

  private final ManagedChannel channel;
  private final Semaphore room = new Semaphore(AT_A_TIME);
  private final AtomicLong resets = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();
  private int round;
  private final AttackThread thread = new AttackThread("hostile client", PAUSE_MILLIS, this::act);

  HostileClient(ManagedChannel channel) {
    this.channel = channel;
    thread.start();
  }

  private void act() throws InterruptedException {
    if (round % RESETS_TO_A_DRAFT != 0) {
      reset();
    } else if (room.tryAcquire(1, TimeUnit.SECONDS)) {
      int length = LENGTHS[round / RESETS_TO_A_DRAFT % LENGTHS.length];
      PublisherGrpc.newStub(channel).publish(draft(length), new Outcome());
    }
    round++;
    // Otherwise the channel would pause before it dials again.
    channel.resetConnectBackoff();
  }

  /** Opens a cursor and cancels it with RST_STREAM. */
  private void reset() {
    Context.CancellableContext call = Context.current().withCancellation();
    call.run(
        () ->
            SubscriberGrpc.newStub(channel)
                .subscribe(new IgnoringObserver())
                .onNext(
                    SubscribeRequest.newBuilder()
                        .setOpen(OpenCursor.newBuilder().setCursor("hostile"))
                        .build()));
    call.cancel(null);
    resets.incrementAndGet();
  }

  /** A draft without a label, which is refused only after all of it was read. */
  private static PublishRequest draft(int length) {
    return PublishRequest.newBuilder()
        .setDraft(
            Draft.newBuilder()
                .setBody(
                    Body.newBuilder()
                        .setAlert(
                            Alert.newBuilder()
                                .addTexts(
                                    AlertText.newBuilder().setDescription("h".repeat(length))))))
        .build();
  }

  /** Its actions and their results, on one line. */
  String told() {
    return "%d streams reset, %d drafts refused".formatted(resets.get(), refusals.get());
  }

  private final class Outcome implements StreamObserver<PublishResponse> {
    @Override
    public void onNext(PublishResponse response) {
      if (!response.getOutcome().hasAccepted()) {
        refusals.incrementAndGet();
      }
    }

    @Override
    public void onError(Throwable failure) {
      refusals.incrementAndGet();
      room.release();
    }

    @Override
    public void onCompleted() {
      room.release();
    }
  }

  private static final class IgnoringObserver implements StreamObserver<SubscribeResponse> {
    @Override
    public void onNext(SubscribeResponse response) {}

    @Override
    public void onError(Throwable failure) {
      // The client cancelled the call, or its connection was closed.
    }

    @Override
    public void onCompleted() {}
  }

  @Override
  public void close() {
    thread.close();
    channel.shutdownNow();
  }
}
