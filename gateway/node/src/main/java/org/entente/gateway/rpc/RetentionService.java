package org.entente.gateway.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.EraseRequest;
import org.entente.proto.v1.EraseResponse;
import org.entente.proto.v1.HoldRequest;
import org.entente.proto.v1.HoldResponse;
import org.entente.proto.v1.LegalHold;
import org.entente.proto.v1.ListHoldsRequest;
import org.entente.proto.v1.ListHoldsResponse;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.ReleaseHoldRequest;
import org.entente.proto.v1.ReleaseHoldResponse;
import org.entente.proto.v1.RetentionGrpc;

/** The Retention service over {@link Retention} and {@link MessageRecall}. */
final class RetentionService extends RetentionGrpc.RetentionImplBase {
  private static final int PAGE = 100;
  private static final int MAX_PAGE = 500;

  private final MessageRecall recalling;
  private final Retention retention;

  RetentionService(MessageRecall recalling, Retention retention) {
    this.recalling = recalling;
    this.retention = retention;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what completes it answers the call
  public void recall(RecallRequest request, StreamObserver<RecallResponse> observer) {
    Identified caller = Caller.require(Scope.RECALL);
    MessageId target = ReleaseService.id("message_id", request.getMessageId());
    recalling
        .recall(caller.name(), target, request.getReason(), request.getOnBehalfOf())
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                observer.onError(StatusMapper.exception(CallFailureMapper.problem(failure)));
              } else if (answer instanceof MessageRecall.Answer.Sent sent) {
                observer.onNext(
                    RecallResponse.newBuilder()
                        .setRecallId(ByteString.copyFrom(sent.recall().bytes()))
                        .addAllRecipients(sent.recipients())
                        .build());
                observer.onCompleted();
              } else if (answer instanceof MessageRecall.Answer.Refused refused) {
                observer.onError(StatusMapper.exception(refused.problem()));
              }
            });
  }

  @Override
  public void erase(EraseRequest request, StreamObserver<EraseResponse> observer) {
    Identified caller = Caller.require(Scope.RETENTION);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    Retention.Answer.Erased erased =
        expect(
            Retention.Answer.Erased.class,
            retention.erase(caller.name(), id, request.getOnBehalfOf()));
    observer.onNext(EraseResponse.newBuilder().setErasedAt(timestamp(erased.at())).build());
    observer.onCompleted();
  }

  @Override
  public void hold(HoldRequest request, StreamObserver<HoldResponse> observer) {
    Identified caller = Caller.require(Scope.RETENTION);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    Retention.Answer.Held held =
        expect(
            Retention.Answer.Held.class,
            retention.hold(caller.name(), id, request.getOnBehalfOf()));
    observer.onNext(HoldResponse.newBuilder().setSince(timestamp(held.since())).build());
    observer.onCompleted();
  }

  @Override
  public void releaseHold(
      ReleaseHoldRequest request, StreamObserver<ReleaseHoldResponse> observer) {
    Identified caller = Caller.require(Scope.RETENTION);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    Retention.Answer answer = retention.release(caller.name(), id, request.getOnBehalfOf());
    ReleaseHoldResponse.Builder response = ReleaseHoldResponse.newBuilder();
    if (answer instanceof Retention.Answer.Erased erased) {
      response.setErasedAt(timestamp(erased.at()));
    } else {
      expect(Retention.Answer.Kept.class, answer);
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }

  @Override
  public void listHolds(ListHoldsRequest request, StreamObserver<ListHoldsResponse> observer) {
    Caller.require(Scope.RETENTION);
    int asked = request.getPageSize();
    if (asked < 0 || asked > MAX_PAGE) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "page_size", "must be at most " + MAX_PAGE));
    }
    int size = asked == 0 ? PAGE : asked;
    MessageId after =
        request.getAfter().isEmpty() ? null : ReleaseService.id("after", request.getAfter());
    List<LegalHold> found = retention.holds(after, size + 1);
    boolean more = found.size() > size;
    observer.onNext(
        ListHoldsResponse.newBuilder()
            .addAllHolds(more ? found.subList(0, size) : found)
            .setMore(more)
            .build());
    observer.onCompleted();
  }

  private static <T extends Retention.Answer> T expect(Class<T> wanted, Retention.Answer answer) {
    if (answer instanceof Retention.Answer.Refused refused) {
      throw StatusMapper.exception(refused.problem());
    }
    return wanted.cast(answer);
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamps.fromMillis(at.toEpochMilli());
  }
}
