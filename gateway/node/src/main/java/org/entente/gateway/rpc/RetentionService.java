package org.entente.gateway.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
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
final class RetentionService implements BindableService {
  private final MessageRecall recalling;
  private final Retention retention;

  RetentionService(MessageRecall recalling, Retention retention) {
    this.recalling = recalling;
    this.retention = retention;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(RetentionGrpc.getServiceDescriptor())
        .later(
            RetentionGrpc.getRecallMethod(),
            Scope.RECALL,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::recall)
        .unary(
            RetentionGrpc.getEraseMethod(),
            Scope.RETENTION,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::erase)
        // A message may end before there is room.
        .unary(
            RetentionGrpc.getHoldMethod(),
            Scope.RETENTION,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::hold)
        .unary(
            RetentionGrpc.getReleaseHoldMethod(),
            Scope.RETENTION,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::releaseHold)
        .unary(
            RetentionGrpc.getListHoldsMethod(),
            Scope.RETENTION,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> listHolds(request))
        .build();
  }

  private CompletableFuture<RecallResponse> recall(Identified caller, RecallRequest request) {
    MessageId target = RequestFields.id("message_id", request.getMessageId());
    Account account = Caller.account();
    return recalling
        .recall(
            caller.name(),
            target,
            request.getReason(),
            request.getOnBehalfOf(),
            lookUps -> {
              // A repetition looks at each recipient, and may send nothing.
              long unused =
                  account.charge(Work.CALL_COST, (long) lookUps * CallCost.LOOKUP.units());
            })
        .thenApply(StatusMapper::value)
        .thenApply(
            sent ->
                RecallResponse.newBuilder()
                    .setRecallId(ByteString.copyFrom(sent.recall().bytes()))
                    .addAllRecipients(sent.recipients())
                    .build());
  }

  private EraseResponse erase(Identified caller, EraseRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    Instant at = StatusMapper.value(retention.erase(caller.name(), id, request.getOnBehalfOf()));
    return EraseResponse.newBuilder().setErasedAt(timestamp(at)).build();
  }

  private HoldResponse hold(Identified caller, HoldRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    Instant since = StatusMapper.value(retention.hold(caller.name(), id, request.getOnBehalfOf()));
    return HoldResponse.newBuilder().setSince(timestamp(since)).build();
  }

  private ReleaseHoldResponse releaseHold(Identified caller, ReleaseHoldRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    ReleaseHoldResponse.Builder response = ReleaseHoldResponse.newBuilder();
    StatusMapper.value(retention.release(caller.name(), id, request.getOnBehalfOf()))
        .ifPresent(erased -> response.setErasedAt(timestamp(erased)));
    return response.build();
  }

  private ListHoldsResponse listHolds(ListHoldsRequest request) {
    MessageId after = RequestFields.after(request.getAfter());
    PageLimits.Page<LegalHold> page =
        PageLimits.LIST.page(request.getPageSize(), most -> retention.holds(after, most));
    return ListHoldsResponse.newBuilder().addAllHolds(page.entries()).setMore(page.more()).build();
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamps.fromMillis(at.toEpochMilli());
  }
}
