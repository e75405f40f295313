package org.entente.gateway.report;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.report.MessageTracker;
import org.entente.gateway.rpc.ReleaseService;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.FollowRequest;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.TakenBack;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;
import org.entente.proto.v1.WatchUnopenedRequest;
import org.entente.proto.v1.WatchUnopenedResponse;

/** The Evidence service over the ledger's evidence about the agency's own messages. */
final class EvidenceService extends EvidenceGrpc.EvidenceImplBase {
  private final MessageTracker tracking;

  EvidenceService(MessageTracker tracking) {
    this.tracking = tracking;
  }

  @Override
  public void track(TrackRequest request, StreamObserver<TrackResponse> observer) {
    Caller.require(Scope.EVIDENCE);
    MessageTracker.TrackedMessage known =
        known(ReleaseService.id("message_id", request.getMessageId()));
    TrackResponse.Builder response =
        TrackResponse.newBuilder()
            .addAllItems(known.items())
            .addAllRecipients(known.recipients())
            .setSettled(known.settled())
            .setLane(known.speed().lane())
            .setPrecedence(known.speed().precedence());
    HeldMessage held = known.held();
    if (held != null) {
      response.setHeld(held.getHeld());
    }
    TakenBack takenBack = known.takenBack();
    if (takenBack != null) {
      response.setTakenBack(takenBack);
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }

  private MessageTracker.TrackedMessage known(MessageId id) {
    return tracking
        .track(id)
        .orElseThrow(
            () ->
                StatusMapper.exception(
                    new Problem(
                        Code.NOT_FOUND, "message_id", "there is no evidence about message " + id)));
  }

  @Override
  public void follow(FollowRequest request, StreamObserver<FollowResponse> observer) {
    Caller.require(Scope.EVIDENCE);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    MessageTracker.TrackedMessage unused = known(id);
    new MessageFollower(tracking, id, (ServerCallStreamObserver<FollowResponse>) observer).begin();
  }

  @Override
  public void watchUnopened(
      WatchUnopenedRequest request, StreamObserver<WatchUnopenedResponse> observer) {
    Caller.require(Scope.EVIDENCE);
    new UnopenedWatch(
            tracking,
            request.getFollow(),
            (ServerCallStreamObserver<WatchUnopenedResponse>) observer)
        .begin();
  }
}
