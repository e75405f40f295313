package org.entente.loadtests.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MessageSender;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;

/**
 * The whole chain: a publisher, its gateway, the recipient's gateway, and a subscriber that
 * acknowledges. Carries alerts from French to German customs under the agreement on customs
 * cooperation, in the lane ROUTINE by default.
 */
final class GatewayChain {
  static final String FROM = "fr.customs";
  static final String TO = "de.customs";
  static final List<String> GATEWAYS = List.of(FROM, TO);

  /** Most streams of a client, including those that are about to end. */
  private static final int CALLS = 64;

  /** Before a call that was refused as one too many is made again, milliseconds. */
  private static final int PAUSE_MS = 20;

  private final Arrivals routine = new Arrivals();
  private final Arrivals flash = new Arrivals();
  private final Map<Lane, StreamObserver<PublishStreamRequest>> streams = new EnumMap<>(Lane.class);
  private final ManagedChannel publisher;
  private final ManagedChannel subscriber;
  private BenchSubscriber subscription;
  private int batch = 1;

  /** Opens the subscriber's cursor and the publisher's channel. The gateways must run. */
  GatewayChain(Federation federation) throws InterruptedException {
    subscriber = federation.channel(TO, "desk");
    subscription = new BenchSubscriber(routine, flash, 1);
    subscription.open(subscriber);
    publisher = federation.channel(FROM, "declarations");
  }

  /**
   * Sets the number of drafts and deliveries in a gRPC message, on new streams if needed. No
   * message may be in flight.
   */
  void pack(int most) throws InterruptedException {
    if (most != batch) {
      streams.values().forEach(StreamObserver::onCompleted);
      streams.clear();
      subscription.close();
      batch = most;
      subscription = new BenchSubscriber(routine, flash, most);
      subscription.open(subscriber);
    }
  }

  /** Arrivals in a lane: ROUTINE or FLASH. */
  Arrivals arrivals(Lane lane) {
    return lane == Lane.LANE_FLASH ? flash : routine;
  }

  /** A stream of drafts in a lane; drafts that are sent together go in one request. */
  MessageSender stream(Lane lane, MeasuredContent content) {
    Draft draft = draft(lane);
    StreamObserver<PublishStreamRequest> drafts =
        streams.computeIfAbsent(
            lane,
            l -> PublisherGrpc.newStub(publisher).publishStream(new StreamOutcomes(arrivals(l))));
    return (first, count) -> {
      PublishStreamRequest.Builder request = PublishStreamRequest.newBuilder();
      for (int i = 0; i < count; i++) {
        request.addDrafts(numbered(draft, content, first + i));
      }
      drafts.onNext(request.build());
    };
  }

  /** A call for each ROUTINE message, a bounded number of them at a time. */
  MessageSender calls(MeasuredContent content) {
    Draft draft = draft(Lane.LANE_ROUTINE);
    Semaphore free = new Semaphore(CALLS);
    return (first, count) -> {
      for (int i = 0; i < count; i++) {
        free.acquire();
        call(
            PublishRequest.newBuilder().setDraft(numbered(draft, content, first + i)).build(),
            free);
      }
    };
  }

  private void call(PublishRequest request, Semaphore free) {
    PublisherGrpc.newStub(publisher).publish(request, new CallOutcome(request, free));
  }

  private static Draft numbered(Draft draft, MeasuredContent content, long number) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(content.of(number, 1));
    return draft.toBuilder()
        .setIdempotencyKey(draft.getLabel().getLane().getNumber() + "-" + number)
        .setBody(
            Body.newBuilder()
                .setDocument(
                    Document.newBuilder()
                        .setMediaType("application/octet-stream")
                        .setContent(bytes)))
        .build();
  }

  /** A ROUTINE message that is sent without a chain. */
  static Draft single(String key) {
    return numbered(draft(Lane.LANE_ROUTINE), new MeasuredContent(Effort.KIB), 0).toBuilder()
        .setIdempotencyKey(key)
        .build();
  }

  private static Draft draft(Lane lane) {
    return Draft.newBuilder()
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_EXCISE)
                .setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
                .setLane(lane))
        .setTo(Addressing.newBuilder().addAgencies(TO))
        .build();
  }

  private static void look(Outcome outcome, Arrivals arrivals) {
    if (!outcome.hasAccepted()) {
      arrivals.failed("a gateway did not accept a draft: " + outcome);
    }
  }

  private record StreamOutcomes(Arrivals arrivals)
      implements StreamObserver<PublishStreamResponse> {
    @Override
    public void onNext(PublishStreamResponse response) {
      response.getOutcomesList().forEach(outcome -> look(outcome, arrivals));
    }

    @Override
    public void onError(Throwable failure) {
      arrivals.failed("the publisher's stream ended: " + failure);
    }

    @Override
    public void onCompleted() {}
  }

  /** The outcome of a call. A call that the client's limit refuses is made again a little later. */
  private final class CallOutcome implements StreamObserver<PublishResponse> {
    private final PublishRequest request;
    private final Semaphore free;

    CallOutcome(PublishRequest request, Semaphore free) {
      this.request = request;
      this.free = free;
    }

    @Override
    public void onNext(PublishResponse response) {
      look(response.getOutcome(), routine);
    }

    @Override
    public void onError(Throwable failure) {
      if (Status.fromThrowable(failure).getCode() == Status.Code.RESOURCE_EXHAUSTED) {
        CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS)
            .execute(() -> call(request, free));
        return;
      }
      routine.failed("a publisher's call failed: " + failure);
      free.release();
    }

    @Override
    public void onCompleted() {
      free.release();
    }
  }
}
