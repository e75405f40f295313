package org.entente.gateway.feature.assignment;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.deliver.ChainView;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.ListChargesRequest;
import org.entente.proto.v1.ListChargesResponse;
import org.entente.proto.v1.ShowChainRequest;
import org.entente.proto.v1.ShowChainResponse;
import org.entente.proto.v1.TakeChargeRequest;
import org.entente.proto.v1.TakeChargeResponse;
import org.entente.proto.v1.TaskingGrpc;

/** The Tasking service over {@link Assignments}. */
final class TaskingService implements BindableService {
  private final Assignments assignments;
  private final AssignmentRecords records;
  private final AssignmentTable received;
  private final OwnAssignments own;
  private final ChainView chains;

  /**
   * Creates the service.
   *
   * @param records opens recipients' statements about this agency's messages
   * @param received the table of these statements
   */
  TaskingService(
      Assignments assignments,
      AssignmentRecords records,
      AssignmentTable received,
      OwnAssignments own,
      ChainView chains) {
    this.assignments = assignments;
    this.records = records;
    this.received = received;
    this.own = own;
    this.chains = chains;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(TaskingGrpc.getServiceDescriptor())
        .later(
            TaskingGrpc.getTakeChargeMethod(),
            Scope.TASK,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            this::takeCharge)
        .unary(
            TaskingGrpc.getListChargesMethod(),
            Scope.TASK,
            CallCost.READ,
            DiskUse.NONE,
            this::listCharges)
        .unary(
            TaskingGrpc.getShowChainMethod(),
            Scope.TASK,
            CallCost.SEARCH,
            DiskUse.NONE,
            this::showChain)
        .build();
  }

  private CompletableFuture<TakeChargeResponse> takeCharge(
      Identified caller, TakeChargeRequest request) {
    MessageId target = RequestFields.id("message_id", request.getMessageId());
    return assignments
        .charge(
            caller.name(), target, request.getStep(), request.getNote(), request.getOnBehalfOf())
        .thenApply(StatusMapper::value)
        .thenApply(
            sent ->
                TakeChargeResponse.newBuilder()
                    .setChargeId(ByteString.copyFrom(sent.charge().bytes()))
                    .setOriginator(sent.originator().value())
                    .build());
  }

  private ListChargesResponse listCharges(Identified caller, ListChargesRequest request) {
    int size = PageLimits.LIST.require(request.getPageSize());
    if (!AssignmentRecords.isToken(request.getPageToken().toByteArray())) {
      throw StatusMapper.exception(
          new Problem(
              Code.INVALID_FIELD,
              "page_token",
              "must be the next_page_token of the previous page"));
    }
    MessageId of =
        request.getMessageId().isEmpty()
            ? null
            : RequestFields.id("message_id", request.getMessageId());
    byte[] after = request.getPageToken().toByteArray();
    AssignmentRecords.Page page =
        request.getOwn()
            ? own.page(caller.name(), of, after, size)
            : records.page(received, of, after, size);
    if (of != null && page.states().isEmpty()) {
      requireKnown(caller, of);
    }
    return ListChargesResponse.newBuilder()
        .addAllCharges(page.states())
        .setNextPageToken(ByteString.copyFrom(page.next()))
        .build();
  }

  private ShowChainResponse showChain(Identified caller, ShowChainRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    return requireKnown(caller, id);
  }

  /** The chain of a message that this agency sent, or that this client may see. */
  private ShowChainResponse requireKnown(Identified caller, MessageId id) {
    return chains
        .chain(caller.name(), id)
        .orElseThrow(
            () ->
                StatusMapper.exception(
                    new Problem(
                        Code.NOT_FOUND,
                        "message_id",
                        "message "
                            + id
                            + " was neither sent nor received here, or access is not permitted")));
  }
}
