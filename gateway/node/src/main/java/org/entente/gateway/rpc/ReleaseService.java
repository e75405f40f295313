package org.entente.gateway.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.intake.ReleaseDecisions;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.DecideRequest;
import org.entente.proto.v1.DecideResponse;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.ListHeldRequest;
import org.entente.proto.v1.ListHeldResponse;
import org.entente.proto.v1.ReadHeldRequest;
import org.entente.proto.v1.ReadHeldResponse;
import org.entente.proto.v1.ReleaseGrpc;

/** The Release service over {@link ReleaseDecisions}. */
public final class ReleaseService extends ReleaseGrpc.ReleaseImplBase {
  private static final int PAGE = 100;
  private static final int MAX_PAGE = 500;

  private final ReleaseDecisions releases;

  ReleaseService(ReleaseDecisions releases) {
    this.releases = releases;
  }

  @Override
  public void listHeld(ListHeldRequest request, StreamObserver<ListHeldResponse> observer) {
    Caller.require(Scope.RELEASE);
    int asked = request.getPageSize();
    if (asked < 0 || asked > MAX_PAGE) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "page_size", "must be at most " + MAX_PAGE));
    }
    int size = asked == 0 ? PAGE : asked;
    MessageId after = request.getAfter().isEmpty() ? null : id("after", request.getAfter());
    List<HeldMessage> found = releases.page(after, size + 1);
    boolean more = found.size() > size;
    observer.onNext(
        ListHeldResponse.newBuilder()
            .addAllMessages(more ? found.subList(0, size) : found)
            .setMore(more)
            .build());
    observer.onCompleted();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what completes it answers the call
  public void readHeld(ReadHeldRequest request, StreamObserver<ReadHeldResponse> observer) {
    Identified caller = Caller.require(Scope.RELEASE);
    releases
        .read(caller.name(), id("message_id", request.getMessageId()), request.getOnBehalfOf())
        .whenComplete(
            (reading, failure) -> {
              if (failure != null) {
                observer.onError(StatusMapper.exception(CallFailureMapper.problem(failure)));
              } else if (reading instanceof ReleaseDecisions.ReadResult.Shown shown) {
                observer.onNext(
                    ReadHeldResponse.newBuilder()
                        .setMessage(shown.message())
                        .setDraft(shown.draft())
                        .build());
                observer.onCompleted();
              } else if (reading instanceof ReleaseDecisions.ReadResult.Unreadable unreadable) {
                observer.onError(StatusMapper.exception(unreadable.problem()));
              }
            });
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what completes it answers the call
  public void decide(DecideRequest request, StreamObserver<DecideResponse> observer) {
    Identified caller = Caller.require(Scope.RELEASE);
    releases
        .decide(
            caller.name(),
            id("message_id", request.getMessageId()),
            request.getVerdict(),
            request.getOnBehalfOf())
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                observer.onError(StatusMapper.exception(CallFailureMapper.problem(failure)));
              } else if (outcome.hasInvalid()) {
                observer.onError(
                    StatusMapper.exception(CallFailureMapper.problem(outcome.getInvalid())));
              } else {
                observer.onNext(DecideResponse.newBuilder().setOutcome(outcome).build());
                observer.onCompleted();
              }
            });
  }

  public static MessageId id(String field, ByteString bytes) {
    try {
      return MessageId.of(bytes.toByteArray());
    } catch (InvalidValue e) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, field, String.valueOf(e.getMessage())));
    }
  }
}
