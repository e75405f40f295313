package org.entente.gateway.feature.release;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
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
final class ReleaseService implements BindableService {
  private final ReleaseDecisions releases;

  ReleaseService(ReleaseDecisions releases) {
    this.releases = releases;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(ReleaseGrpc.getServiceDescriptor())
        .unary(
            ReleaseGrpc.getListHeldMethod(),
            Scope.RELEASE,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> listHeld(request))
        .later(
            ReleaseGrpc.getReadHeldMethod(),
            Scope.RELEASE,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            this::readHeld)
        .later(
            ReleaseGrpc.getDecideMethod(),
            Scope.RELEASE,
            CallCost.CHANGE,
            DiskUse.MIXED,
            this::decide)
        .build();
  }

  private ListHeldResponse listHeld(ListHeldRequest request) {
    MessageId after = RequestFields.after(request.getAfter());
    PageLimits.Page<HeldMessage> page =
        PageLimits.LIST.page(request.getPageSize(), most -> releases.page(after, most));
    return ListHeldResponse.newBuilder()
        .addAllMessages(page.entries())
        .setMore(page.more())
        .build();
  }

  private CompletableFuture<ReadHeldResponse> readHeld(Identified caller, ReadHeldRequest request) {
    return releases
        .read(
            caller.name(),
            RequestFields.id("message_id", request.getMessageId()),
            request.getOnBehalfOf())
        .thenApply(
            reading -> {
              if (reading instanceof ReleaseDecisions.ReadResult.Unreadable unreadable) {
                throw StatusMapper.exception(unreadable.problem());
              }
              ReleaseDecisions.ReadResult.Shown shown = (ReleaseDecisions.ReadResult.Shown) reading;
              return ReadHeldResponse.newBuilder()
                  .setMessage(shown.message())
                  .setDraft(shown.draft())
                  .build();
            });
  }

  private CompletableFuture<DecideResponse> decide(Identified caller, DecideRequest request) {
    return releases
        .decide(
            caller.name(),
            RequestFields.id("message_id", request.getMessageId()),
            request.getVerdict(),
            request.getOnBehalfOf())
        .thenApply(
            outcome -> DecideResponse.newBuilder().setOutcome(StatusMapper.valid(outcome)).build());
  }
}
