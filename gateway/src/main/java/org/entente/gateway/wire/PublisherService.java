package org.entente.gateway.wire;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/** The Publisher service over whatever takes drafts in. */
final class PublisherService extends PublisherGrpc.PublisherImplBase {
  /** Drafts of one stream that may be on their way; a client that sends more is held back. */
  static final int STREAM_WINDOW = 1_024;

  /** Their size, as far as the largest draft so far tells what is asked for. */
  static final int STREAM_BYTES = 4 << 20;

  private static final int FIRST_WINDOW = 4;

  private final BiFunction<Identified, Draft, CompletableFuture<Outcome>> intake;

  PublisherService(BiFunction<Identified, Draft, CompletableFuture<Outcome>> intake) {
    this.intake = intake;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what completes it answers the call
  public void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
    Identified caller = Caller.require(Scope.PUBLISH);
    intake
        .apply(caller, request.getDraft())
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                observer.onError(Statuses.exception(Failures.problem(failure)));
              } else if (outcome.hasInvalid()) {
                observer.onError(Statuses.exception(Failures.problem(outcome.getInvalid())));
              } else {
                observer.onNext(PublishResponse.newBuilder().setOutcome(outcome).build());
                observer.onCompleted();
              }
            });
  }

  @Override
  public StreamObserver<PublishStreamRequest> publishStream(
      StreamObserver<PublishStreamResponse> observer) {
    Identified caller = Caller.require(Scope.PUBLISH);
    return new PublishStream(
        intake, caller, (ServerCallStreamObserver<PublishStreamResponse>) observer);
  }

  /**
   * One stream: takes drafts while fewer than {@link #STREAM_WINDOW} are on their way and the
   * client reads its outcomes, so its memory is bounded whatever the client does; large drafts
   * count by their size.
   */
  private static final class PublishStream implements StreamObserver<PublishStreamRequest> {
    private final BiFunction<Identified, Draft, CompletableFuture<Outcome>> intake;
    private final Identified caller;
    private final ServerCallStreamObserver<PublishStreamResponse> answers;
    private int onTheirWay;
    private int asked;
    private long largest;
    private boolean halfClosed;
    private boolean ended;

    PublishStream(
        BiFunction<Identified, Draft, CompletableFuture<Outcome>> intake,
        Identified caller,
        ServerCallStreamObserver<PublishStreamResponse> answers) {
      this.intake = intake;
      this.caller = caller;
      this.answers = answers;
      answers.disableAutoRequest();
      answers.setOnReadyHandler(this::askForMore);
      answers.setOnCancelHandler(this::cancelled);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what completes it answers
    public void onNext(PublishStreamRequest request) {
      Draft draft = request.getDraft();
      synchronized (this) {
        asked--;
        onTheirWay++;
        largest = Math.max(Math.max(largest, 1), draft.getSerializedSize());
      }
      intake
          .apply(caller, draft)
          .whenComplete((outcome, failure) -> answer(draft, outcome, failure));
      askForMore();
    }

    private void answer(Draft draft, @Nullable Outcome outcome, @Nullable Throwable failure) {
      Outcome told =
          outcome != null && failure == null
              ? outcome
              : Outcome.newBuilder()
                  .setIdempotencyKey(draft.getIdempotencyKey())
                  .setInvalid(Statuses.message(Failures.problem(failure)))
                  .build();
      synchronized (this) {
        onTheirWay--;
        if (ended) {
          return;
        }
        answers.onNext(PublishStreamResponse.newBuilder().setOutcome(told).build());
        completeIfDone();
      }
      askForMore();
    }

    private synchronized void askForMore() {
      if (ended || halfClosed || !answers.isReady()) {
        return;
      }
      int room = window() - onTheirWay - asked;
      if (room >= Math.max(1, window() / 4) || (room > 0 && asked == 0)) {
        asked += room;
        answers.request(room);
      }
    }

    /** By the largest draft so far; before the first, as if all were as large as they may be. */
    private int window() {
      return largest == 0
          ? FIRST_WINDOW
          : (int) Math.max(1, Math.min(STREAM_WINDOW, STREAM_BYTES / largest));
    }

    private synchronized void cancelled() {
      ended = true;
    }

    @Override
    public synchronized void onError(Throwable t) {
      ended = true;
    }

    @Override
    public synchronized void onCompleted() {
      halfClosed = true;
      completeIfDone();
    }

    private void completeIfDone() {
      if (halfClosed && onTheirWay == 0 && !ended) {
        ended = true;
        answers.onCompleted();
      }
    }
  }
}
