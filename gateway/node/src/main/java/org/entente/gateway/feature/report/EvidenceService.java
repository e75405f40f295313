package org.entente.gateway.feature.report;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.FollowRequest;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.TakenBack;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;

/** The Evidence service over the ledger's evidence about the agency's own messages. */
final class EvidenceService implements BindableService {
  private final MessageTracker tracking;
  private final ServiceContext context;

  EvidenceService(MessageTracker tracking, ServiceContext context) {
    this.tracking = tracking;
    this.context = context;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(EvidenceGrpc.getServiceDescriptor())
        .unary(
            EvidenceGrpc.getTrackMethod(),
            Scope.EVIDENCE,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> track(request))
        .serverStream(
            EvidenceGrpc.getFollowMethod(),
            Scope.EVIDENCE,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request, out) -> follow(request, out))
        .serverStream(
            EvidenceGrpc.getWatchUnopenedMethod(),
            Scope.EVIDENCE,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request, out) ->
                new UnopenedWatch(tracking, request.getFollow(), context, Caller.account(), out)
                    .begin())
        .build();
  }

  private TrackResponse track(TrackRequest request) {
    MessageTracker.TrackedMessage known =
        known(RequestFields.id("message_id", request.getMessageId()));
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
    return response.build();
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

  private void follow(FollowRequest request, ServerCallStreamObserver<FollowResponse> observer) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    MessageTracker.TrackedMessage unused = known(id);
    new MessageFollower(tracking, id, context, Caller.account(), observer).begin();
  }
}
