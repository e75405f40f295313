package org.entente.loadtests.smoke;

import com.google.protobuf.ByteString;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.entente.gateway.cli.CommandFailure;
import org.entente.loadtests.federation.Federation;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.jspecify.annotations.Nullable;

/** The whole way: a publisher's stream, two gateways, a subscriber that acknowledges. */
final class GatewayChain {
  static final List<String> GATEWAYS = List.of("fr.customs", "de.customs");
  private static final long OPEN_SECONDS = 30;
  private static final int WINDOW = 10_000;

  private final Flood flood = new Flood();
  private final AtomicLong number = new AtomicLong();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final StreamObserver<PublishStreamRequest> publisher;
  private final Draft draft;

  /** Opens both streams; the gateways run. */
  GatewayChain(Federation federation, byte[] content) throws InterruptedException {
    this.draft = draft(content);
    Subscribing subscribing = new Subscribing();
    SubscriberGrpc.newStub(federation.channel("de.customs", "desk")).subscribe(subscribing);
    if (!subscribing.opened.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the cursor is not open after " + OPEN_SECONDS + " s");
    }
    this.publisher =
        PublisherGrpc.newStub(federation.channel("fr.customs", "declarations"))
            .publishStream(new Outcomes());
  }

  double run(int messages) throws InterruptedException {
    double rate = flood.run(messages, this::send);
    String wrong = problem.get();
    if (wrong != null) {
      throw new CommandFailure(wrong);
    }
    return rate;
  }

  private void send() {
    String key = "smoke-" + number.incrementAndGet();
    publisher.onNext(
        PublishStreamRequest.newBuilder()
            .setDraft(draft.toBuilder().setIdempotencyKey(key))
            .build());
  }

  private static Draft draft(byte[] content) {
    return Draft.newBuilder()
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_HAZARDOUS)
                .setPurpose(Purpose.PURPOSE_PRODUCT_SAFETY)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED))
        .setBody(
            Body.newBuilder()
                .setDocument(
                    Document.newBuilder()
                        .setMediaType("application/octet-stream")
                        .setContent(ByteString.copyFrom(content))))
        .setTo(Addressing.newBuilder().addAgencies("de.customs"))
        .build();
  }

  private final class Outcomes implements StreamObserver<PublishStreamResponse> {
    @Override
    public void onNext(PublishStreamResponse response) {
      if (!response.getOutcome().hasAccepted()) {
        problem.compareAndSet(null, "not accepted: " + response.getOutcome());
      }
    }

    @Override
    public void onError(Throwable failure) {
      problem.compareAndSet(null, "the publisher's stream ended: " + failure);
    }

    @Override
    public void onCompleted() {}
  }

  private final class Subscribing
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private final CountDownLatch opened = new CountDownLatch(1);
    private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
    private boolean asked;

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
      requests = stream;
      stream.setOnReadyHandler(
          () -> {
            if (!asked) {
              asked = true;
              stream.onNext(
                  SubscribeRequest.newBuilder()
                      .setOpen(OpenCursor.newBuilder().setCursor("smoke").setWindow(WINDOW))
                      .build());
            }
          });
    }

    @Override
    public void onNext(SubscribeResponse response) {
      if (response.hasOpened()) {
        opened.countDown();
      }
      ClientCallStreamObserver<SubscribeRequest> stream = requests;
      if (response.hasDelivery() && stream != null) {
        flood.arrived();
        stream.onNext(
            SubscribeRequest.newBuilder()
                .setAck(Acknowledge.newBuilder().setPosition(response.getDelivery().getPosition()))
                .build());
      }
    }

    @Override
    public void onError(Throwable failure) {
      problem.compareAndSet(null, "the subscriber's stream ended: " + failure);
    }

    @Override
    public void onCompleted() {}
  }
}
