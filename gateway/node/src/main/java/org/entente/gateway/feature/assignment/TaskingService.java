package org.entente.gateway.feature.assignment;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.table.AssignmentRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.CallCost;
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

/** The Tasking service over {@link TaskingPorts}. */
final class TaskingService implements BindableService {
  private static final int PAGE = 100;
  private static final int MAX_PAGE = 500;

  private final TaskingPorts ports;

  TaskingService(TaskingPorts ports) {
    this.ports = ports;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(TaskingGrpc.getServiceDescriptor())
        .later(TaskingGrpc.getTakeChargeMethod(), Scope.TASK, CallCost.CHANGE, this::takeCharge)
        .unary(TaskingGrpc.getListChargesMethod(), Scope.TASK, CallCost.READ, this::listCharges)
        .unary(TaskingGrpc.getShowChainMethod(), Scope.TASK, CallCost.SEARCH, this::showChain)
        .build();
  }

  private CompletableFuture<TakeChargeResponse> takeCharge(
      Identified caller, TakeChargeRequest request) {
    MessageId target = RequestFields.id("message_id", request.getMessageId());
    return ports
        .charging()
        .charge(
            caller.name(), target, request.getStep(), request.getNote(), request.getOnBehalfOf())
        .thenApply(
            answer -> {
              if (answer instanceof Assignments.Answer.Refused refused) {
                throw StatusMapper.exception(refused.problem());
              }
              Assignments.Answer.Sent sent = (Assignments.Answer.Sent) answer;
              return TakeChargeResponse.newBuilder()
                  .setChargeId(ByteString.copyFrom(sent.charge().bytes()))
                  .setOriginator(sent.originator().value())
                  .build();
            });
  }

  private ListChargesResponse listCharges(Identified caller, ListChargesRequest request) {
    int asked = request.getPageSize();
    if (asked < 0 || asked > MAX_PAGE) {
      throw wrong("page_size", "must be at most " + MAX_PAGE);
    }
    if (!AssignmentRecords.isToken(request.getPageToken().toByteArray())) {
      throw wrong("page_token", "must be the next_page_token of the previous page");
    }
    MessageId of =
        request.getMessageId().isEmpty()
            ? null
            : RequestFields.id("message_id", request.getMessageId());
    byte[] after = request.getPageToken().toByteArray();
    int size = asked == 0 ? PAGE : asked;
    AssignmentRecords.Page page =
        request.getOwn()
            ? ports.own().page(caller.name(), of, after, size)
            : ports.records().page(ports.book(), of, after, size);
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
    return ports
        .chains()
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

  private static io.grpc.StatusRuntimeException wrong(String field, String message) {
    return StatusMapper.exception(new Problem(Code.INVALID_FIELD, field, message));
  }
}
